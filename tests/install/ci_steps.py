#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the files of run/ci do, for the tests that do it.

  ci_steps.py github FILE STEP      that step's shell text, its variables set to the inputs' defaults
  ci_steps.py gitlab FILE [SCRIPT]  the variables of the job, and its before_script and script, or one of these
  ci_steps.py check FILE...         what is wrong with the files' form, a line each; exit code 1 where something is

In IDLELAB_SCHEMAS may lie github-action.json and github-workflow.json of schemastore.org, which then decide as well.
"""
import json
import os
import re
import sys

import yaml


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def expand(text, inputs):
    """The text with the inputs' defaults; no other expression may stand in it."""
    text = re.sub(r"\$\{\{ *inputs\.(\w+) *\}\}", lambda match: inputs[match.group(1)]["default"], text)
    if "${{" in text:
        raise SystemExit(f"an expression that is none of the inputs: {text}")
    return text


def github(path, name):
    action = read(path)
    inputs = action["inputs"]
    for step in action["runs"]["steps"]:
        if step["name"] == name:
            for key, value in step.get("env", {}).items():
                print(f": \"${{{key}={expand(value, inputs)}}}\"")
            print(expand(step["run"], inputs))
            return
    raise SystemExit(f"{path} has no step {name}")


def gitlab(path, *parts):
    job = read(path)[".idlelab"]
    for key, value in job["variables"].items():
        print(f": \"${{{key}={value}}}\"" if value else f": \"${{{key}=}}\"")
    for part in parts or ("before_script", "script"):
        print("\n".join(job[part]))


def wrong_action(action):
    for word in ("name", "description", "runs"):
        if word not in action:
            yield f"no {word}"
    for name, text in action.get("inputs", {}).items():
        if set(text) - {"description", "required", "default", "deprecationMessage"} or not isinstance(text.get("default"), str):
            yield f"input {name}"
    used = set(re.findall(r"inputs\.(\w+)", json.dumps(action["runs"])))
    if used != set(action["inputs"]):
        yield f"inputs that are used: {sorted(used)}"
    for step in action["runs"]["steps"]:
        if ("run" in step) == ("uses" in step) or ("run" in step and step.get("shell") != "bash"):
            yield f"step {step.get('name')}"
        if set(step) - {"name", "id", "if", "run", "shell", "env", "uses", "with", "working-directory", "continue-on-error"}:
            yield f"step {step.get('name')}: {sorted(step)}"
        if "${{" in step.get("run", ""):
            yield f"step {step.get('name')}: an expression in its script, where a value could be a command"


def wrong_workflow(workflow):
    # YAML 1.1 reads the word `on` as true.
    if set(workflow) - {"name", True, "jobs", "env", "permissions"} or True not in workflow:
        yield f"{sorted(map(str, workflow))}"
    for name, job in workflow["jobs"].items():
        if not {"runs-on", "steps"} <= set(job):
            yield f"job {name}"


def wrong_gitlab(text):
    for name, job in text.items():
        if not name.startswith(".") or not isinstance(job.get("script"), list):
            yield f"job {name}"
        if set(job) - {"image", "variables", "before_script", "script", "artifacts", "extends", "tags", "stage"}:
            yield f"job {name}: {sorted(job)}"
        if any(not isinstance(value, str) for value in job["variables"].values()):
            yield f"job {name}: a variable that is no text"
        if set(job["artifacts"]["reports"]) != {"junit"} or job["artifacts"]["when"] != "always":
            yield f"job {name}: its artifacts"


def by_schema(text, name):
    folder = os.environ.get("IDLELAB_SCHEMAS")
    if not folder or not name:
        return
    import jsonschema

    with open(os.path.join(folder, name), encoding="utf-8") as file:
        schema = json.load(file)
    for error in jsonschema.Draft7Validator(schema).iter_errors({"on" if key is True else key: value for key, value in text.items()}):
        yield f"{name}: {error.json_path}: {error.message[:200]}"


def check(*paths):
    wrong = []
    for path in paths:
        text = read(path)
        if "runs" in text:
            judge, schema = wrong_action, "github-action.json"
        elif "jobs" in text:
            judge, schema = wrong_workflow, "github-workflow.json"
        else:
            judge, schema = wrong_gitlab, None
        wrong += [f"{path}: {what}" for what in (*judge(text), *by_schema(text, schema))]
    print("\n".join(wrong))
    sys.exit(bool(wrong))


{"github": github, "gitlab": gitlab, "check": check}[sys.argv[1]](*sys.argv[2:])
