#!/usr/bin/env python3
"""Checks the manifests: check.py TOOLS

Renders the chart with helm and the manifests with kustomize, validates everything against the schemas of Kubernetes,
applies the rules that a linter would, and checks that chart and manifests are the same. TOOLS is the directory that
tools.sh creates; where it has no schemas, Kubernetes' own Go types take their place: they know all fields and their
types, but not which are required or which values a field can have. Needs no cluster and no network.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

deploy = Path(__file__).resolve().parent
chart = deploy / "chart"
# From the first version with recursiveReadOnly by default to the newest one that the validator knows.
versions = [f"1.{minor}" for minor in range(31, 38)]
problems = []


def problem(text):
    print(f"check.py: {text}", file=sys.stderr)
    problems.append(text)


def run(*command, stdin=None):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, input=stdin)


def documents(command, what):
    """The objects that a command renders, validated."""
    result = run(*command)
    if result.returncode != 0:
        problem(f"{what}: {result.stderr.strip()}")
        return []
    return validated(result.stdout, what)


def validated(text, what):
    found = [document for document in yaml.safe_load_all(text) if document is not None]
    for document in found:
        name = f"{what}: {document['kind']} {document['metadata']['name']}"
        if kubernetes_validate is None:
            decoded = run(tools / "decode", stdin=yaml.safe_dump(document))
            if decoded.returncode != 0:
                problem(f"{name}: {decoded.stderr.strip()}")
            continue
        for version in versions:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                problem(f"{name}: Kubernetes {version}: {'.'.join(map(str, error.path))}: {error.message}")
    return found


def the(kind, found):
    [document] = [document for document in found if document["kind"] == kind] or [None]
    return document


def check_rules(found, what, writable):
    """The least privilege that the installer needs, and good manners on a node."""
    daemon_set = the("DaemonSet", found)
    pod = daemon_set["spec"]["template"]["spec"]
    [container] = pod["containers"]
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    security = container["securityContext"]
    environment = {variable["name"]: variable["value"] for variable in container["env"]}
    host_paths = {volume["name"]: volume["hostPath"] for volume in pod["volumes"] if "hostPath" in volume}
    rules = {
        "no namespace of the node": not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
        "no token": pod["automountServiceAccountToken"] is False
        and the("ServiceAccount", found)["automountServiceAccountToken"] is False
        and pod["serviceAccountName"] == the("ServiceAccount", found)["metadata"]["name"],
        "no privileges but chroot": not security.get("privileged")
        and security["allowPrivilegeEscalation"] is False
        and security["capabilities"] == {"drop": ["ALL"], "add": ["SYS_CHROOT"]}
        and pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"},
        "a read-only root": security["readOnlyRootFilesystem"] is True,
        "two writable host paths": {
            path["path"] for name, path in host_paths.items() if not mounts[name].get("readOnly")
        }
        == {writable, "/etc/request-key.d"},
        "the node itself read-only": mounts["host"]["readOnly"] is True
        and mounts["host"]["recursiveReadOnly"] == "IfPossible"
        and host_paths["host"]["path"] == "/",
        "every mount where the installer looks": environment["HOST_ROOT"] == mounts["host"]["mountPath"]
        and environment["INSTALL_DIRECTORY"] == writable
        and mounts["directory"]["mountPath"] == environment["HOST_ROOT"] + writable
        and mounts["rules"]["mountPath"] == environment["HOST_ROOT"] + "/etc/request-key.d"
        and mounts["state"]["mountPath"] == environment["TMPDIR"],
        "a probe of the ready file": container["readinessProbe"]["exec"]["command"]
        == ["test", "-e", environment["TMPDIR"] + "/ready"],
        "requests and limits": all(
            container["resources"][kind].keys() == {"cpu", "memory"} for kind in ("requests", "limits")
        ),
        "an image of one version": re.search(r"(:|@sha256:)[^:/]*[0-9][^:/]*$", container["image"]),
        "no surge": "maxSurge" not in daemon_set["spec"]["updateStrategy"].get("rollingUpdate", {}),
        "labels that match": daemon_set["spec"]["selector"]["matchLabels"].items()
        <= daemon_set["spec"]["template"]["metadata"]["labels"].items(),
    }
    for rule, holds in rules.items():
        if not holds:
            problem(f"{what}: violated: {rule}")
    return daemon_set


def check_chart(helm):
    lint = run(helm, "lint", "--strict", chart)
    if lint.returncode != 0:
        problem(lint.stdout.strip())

    def render(*options):
        return [helm, "template", "resolver", chart, "--namespace", "resolver-system", *options]

    rendered = documents(render(), "chart")
    default = check_rules(rendered, "chart", "/opt/resolver")
    accepted = {
        "mode=uninstall": "/opt/resolver",
        "installDirectory=/usr/local/lib/resolver,interval=5": "/usr/local/lib/resolver",
        "image.repository=localhost:5000/a/b,image.tag=1.2.3,imagePullSecrets[0].name=a": "/opt/resolver",
        "image.digest=sha256:" + "0" * 64 + ",updateStrategy.type=OnDelete": "/opt/resolver",
        "nodeSelector.a=b,tolerations=null,priorityClassName=,seLinuxOptions=null": "/opt/resolver",
        "podLabels.a=b,podAnnotations.a=b": "/opt/resolver",
    }
    for values, directory in accepted.items():
        check_rules(documents(render("--set", values), f"chart with {values}"), f"chart with {values}", directory)
    refused = [
        "mode=remove",
        "installDirectory=opt/resolver",
        "installDirectory=/opt",
        "installDirectory=/opt/../etc",
        "installDirectory=/opt/my programs",
        "interval=0",
        "interval=often",
        "image.repository=",
        "image.repository=a:b",
        "image.digest=latest",
        "image.name=a",
        "updateStrategy.rollingUpdate.maxSurge=1",
        "tolerations[0].effect=Never",
        "nosuch=1",
    ]
    for values in refused:
        if run(*render("--set", values)).returncode == 0:
            problem(f"values.schema.json accepts {values}")

    schema = json.loads((chart / "values.schema.json").read_text())
    values = yaml.safe_load((chart / "values.yaml").read_text())
    described = (deploy / "README.md").read_text()
    if schema["properties"].keys() - {"global"} != values.keys():
        problem("values.yaml and values.schema.json name different values")
    for name in values:
        if f"`{name}`" not in described and f"`{name}." not in described:
            problem(f"README.md does not describe the value {name}")
    return default


def check_kustomize(kustomize, default):
    """The manifests are those that the chart renders, except for the labels."""
    for name, verb in {"base": "install", "uninstall": "uninstall"}.items():
        found = documents([*kustomize, deploy / "kustomize" / name], f"kustomize/{name}")
        daemon_set = check_rules(found, f"kustomize/{name}", "/opt/resolver")
        pod = json.loads(json.dumps(default["spec"]["template"]["spec"]))
        pod["containers"][0]["args"][1] = verb
        if daemon_set["spec"]["template"]["spec"] != pod:
            problem(f"kustomize/{name} differs from the chart")
        if daemon_set["spec"]["updateStrategy"] != default["spec"]["updateStrategy"]:
            problem(f"kustomize/{name}: updateStrategy differs from the chart's")


def check_version():
    source = "".join(path.read_text() for path in (deploy.parent / "Sources/resolver").glob("*.swift"))
    [version] = re.findall(r'let version: StaticString = "(?:resolver )?([0-9.]+)', source)
    description = yaml.safe_load((chart / "Chart.yaml").read_text())
    base = yaml.safe_load((deploy / "kustomize/base/kustomization.yaml").read_text())
    stated = {description["version"], description["appVersion"], base["images"][0]["newTag"]}
    if stated != {version}:
        problem(f"the program's version is {version}, but chart and manifests say {stated}")


def check_examples():
    for path in sorted((deploy / "examples").glob("*.yaml")):
        validated(path.read_text(), f"examples/{path.name}")


tools = Path(sys.argv[1]) / "bin"
default = check_chart(tools / "helm")
check_kustomize([tools / "kubectl", "kustomize"] if kubernetes_validate else [tools / "kustomize", "build"], default)
check_version()
check_examples()
if kubernetes_validate is None:
    print("check.py: decoded, but not validated against the schemas of Kubernetes: PyPI cannot be reached")
sys.exit(1 if problems else 0)
