#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Says what is wrong with the output of `export --kcidb` on standard input, a line each; exit code 1 where something is.

The form is that of KCIDB's I/O schema 4.3 (kcidb-io, kcidb_io/schema/v04_03.py) for what the lab writes: the version and tests. Members that
the schema has and the lab never writes are left out here, so a new one needs its line. Where kcidb_io is installed, or in PYTHONPATH, it decides
as well: by its own schema 4.3, and by its newest one behind its own conversion. (It is GPL, so it is not kept here.) What `export` adds to the schema: a test of the lab
always has a path, a status, a duration and a machine, and no two have one id.
"""
import json
import sys

import jsonschema

ID = {"type": "string", "pattern": "^[a-z0-9_]+:.*$"}
TEST = {
    "type": "object",
    "properties": {
        "id": ID,
        "build_id": ID,
        "origin": {"type": "string", "pattern": "^[a-z0-9_]+$"},
        # An empty part would be ambiguous; the newest schema refuses it.
        "path": {"type": "string", "pattern": "^[a-zA-Z0-9_-]+([.][a-zA-Z0-9_-]+)*$"},
        "status": {"enum": ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"]},
        "duration": {"type": "number"},
        "environment": {
            "type": "object",
            "properties": {"comment": {"type": "string"}, "misc": {"type": "object"}},
            "additionalProperties": False,
        },
        "misc": {"type": "object"},
    },
    "additionalProperties": False,
    "required": ["id", "build_id", "origin", "path", "status", "duration", "environment"],
}
REPORT = {
    "type": "object",
    "properties": {
        "version": {
            "type": "object",
            "properties": {"major": {"type": "integer", "const": 4}, "minor": {"type": "integer", "minimum": 0, "maximum": 3}},
            "additionalProperties": False,
            "required": ["major"],
        },
        "tests": {"type": "array", "items": TEST},
    },
    "additionalProperties": False,
    "required": ["version"],
}

report = json.load(sys.stdin)
wrong = [f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(REPORT).iter_errors(report)]
ids = [test.get("id") for test in report.get("tests", [])]
wrong += [f"two tests are {name}" for name in sorted(set(ids)) if ids.count(name) > 1]
try:
    import kcidb_io
except ImportError:
    pass
else:
    try:
        kcidb_io.schema.V4_3.validate_exactly(report)
        kcidb_io.schema.LATEST.validate(kcidb_io.schema.LATEST.upgrade(json.loads(json.dumps(report))))
    except Exception as error:  # what it raises is of several kinds
        wrong.append(f"kcidb_io: {error}")
print("\n".join(wrong) or f"{len(ids)} tests")
sys.exit(bool(wrong))
