.PHONY: check-deploy

check: check-deploy

# Checks the manifests without a cluster. The tools come from PyPI, or are built with go, and stay in .build-deploy.
check-deploy:
	Scripts/install-dependencies.sh check-deploy
	shellcheck --severity=warning deploy/*.sh
	deploy/tools.sh .build-deploy
	.build-deploy/venv/bin/python deploy/check.py .build-deploy
