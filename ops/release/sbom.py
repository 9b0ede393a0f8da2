#!/usr/bin/env python3
"""Prints the bill of materials of the binary as CycloneDX 1.5: every crate that is linked or used to build it."""

import json
import re
import subprocess
import uuid


def metadata():
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def checksums():
    """SHA-256 by (name, version), as the lock file has them."""
    lock = open("Cargo.lock", encoding="utf-8").read()
    entry = r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]{64})"'
    return lock, {(name, version): checksum for name, version, checksum in re.findall(entry, lock)}


def needed(nodes, root):
    """Ids of everything that the root needs, but what only its tests do."""
    found, waiting = set(), [root]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        for dependency in nodes[current]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return found


def component(package, sums):
    reference = f"pkg:cargo/{package['name']}@{package['version']}"
    described = {
        "type": "library", "bom-ref": reference, "name": package["name"], "version": package["version"],
        "purl": reference,
    }
    if package["license"]:
        described["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = sums.get((package["name"], package["version"]))
    if checksum:
        described["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return described


def main():
    found = metadata()
    lock, sums = checksums()
    packages = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    root = next(id for id, package in packages.items() if package["name"] == "nagare")
    ids = sorted(needed(nodes, root), key=lambda id: (packages[id]["name"], packages[id]["version"]))
    components = {id: component(packages[id], sums) for id in ids}
    application = components.pop(root) | {"type": "application"}
    edges = [
        {
            "ref": (components.get(id) or application)["bom-ref"],
            "dependsOn": sorted({components[edge["pkg"]]["bom-ref"] for edge in nodes[id]["deps"] if edge["pkg"] in components}),
        }
        for id in ids
    ]
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, lock)}",
        "metadata": {"component": application},
        "components": list(components.values()), "dependencies": edges,
    }, indent=1))


main()
