.PHONY: check-deploy

check: check-deploy

# The manifests, without a cluster. The tools come from PyPI, and go no further than .build-deploy.
check-deploy:
	Scripts/install-dependencies.sh check-deploy
	shellcheck --severity=warning deploy/*.sh
	deploy/tools.sh .build-deploy
	.build-deploy/venv/bin/python deploy/check.py .build-deploy
