#!/usr/bin/env python3
"""Writes the bill of materials of a release, SPDX 2.3 in JSON: sbom.py VERSION ARCHIVE OUTPUT

It lists what is linked into the program and what it needs to run, in the versions used for the build. Set
SOURCE_DATE_EPOCH: the same archive, compiler and libraries then give the same file.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def debian(package: str) -> tuple[str, str]:
    """The version of a Debian package, and its package URL."""
    version, architecture = output("dpkg-query", "-W", "-f", "${Version} ${Architecture}", package).split()
    return version, f"pkg:deb/debian/{package}@{version}?arch={architecture}"


def package(name: str, version: str, licence: str, copyright: str, url: str = "", **more) -> dict:
    entry = {
        "SPDXID": f"SPDXRef-{name}",
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": copyright,
    }
    if url:
        entry["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}
        ]
    return entry | more


def document(version: str, archive: pathlib.Path) -> dict:
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))[1]
    keyutils, keyutils_url = debian("libkeyutils-dev")
    libyaml, libyaml_url = debian("libyaml-dev")
    glibc, glibc_url = debian("libc6-dev")
    packages = [
        package(
            "resolver", version, "Apache-2.0", "Copyright the resolver authors",
            primaryPackagePurpose="APPLICATION", packageFileName=archive.name,
            checksums=[{"algorithm": "SHA256", "checksumValue": checksum}],
        ),
        package("swift", swift, "Apache-2.0 WITH Swift-exception", "Copyright Apple Inc. and the Swift project authors"),
        package("libkeyutils", keyutils, "LGPL-2.0-or-later", "Copyright Red Hat, Inc.", keyutils_url),
        package("libyaml", libyaml, "MIT", "Copyright Kirill Simonov", libyaml_url),
        package("glibc", glibc, "LGPL-2.1-or-later", "Copyright Free Software Foundation, Inc.", glibc_url),
        # The host's, in whatever version: it starts the program.
        package("request-key", "NOASSERTION", "GPL-2.0-or-later", "Copyright Red Hat, Inc."),
    ]
    relationships = [
        ("DOCUMENT", "DESCRIBES", "resolver"),
        ("resolver", "STATIC_LINK", "swift"),
        ("resolver", "STATIC_LINK", "libkeyutils"),
        ("resolver", "STATIC_LINK", "libyaml"),
        ("resolver", "STATIC_LINK", "glibc"),
        ("request-key", "RUNTIME_DEPENDENCY_OF", "resolver"),
        ("swift", "BUILD_TOOL_OF", "resolver"),
    ]
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    contents = hashlib.sha256(json.dumps(packages).encode()).hexdigest()
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"resolver-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/resolver-{version}-{contents}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: the resolver authors", "Tool: packaging/sbom.py"],
        },
        "packages": packages,
        "relationships": [
            {
                "spdxElementId": f"SPDXRef-{element}",
                "relationshipType": kind,
                "relatedSpdxElement": f"SPDXRef-{related}",
            }
            for element, kind, related in relationships
        ],
    }


if __name__ == "__main__":
    version, archive, target = sys.argv[1:]
    text = json.dumps(document(version, pathlib.Path(archive)), indent=2)
    pathlib.Path(target).write_text(text + "\n")
