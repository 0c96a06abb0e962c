# SPDX-License-Identifier: MIT
"""idlelab on a machine that labgrid holds: a driver that follows one run on the console, and a strategy that brings the machine there.

Loaded by an environment file's `imports:`. Works with labgrid 0.4.1 (Debian 12) and 25 or newer. docs/labs.md explains its use.
"""
import enum
import fnmatch
import os
import re
import subprocess
import time
import xml.etree.ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional

import attr
from labgrid.driver import Driver
from labgrid.factory import target_factory
from labgrid.protocol import ConsoleProtocol, DigitalOutputProtocol, PowerProtocol
from labgrid.strategy import Strategy, StrategyError
from pexpect import TIMEOUT

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).resolve()
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
LIMIT = re.compile(r"(?P<step>\S+)\s+(?P<figure>[\w.]+)\s*(?P<than>[<>])\s*(?P<number>-?[\d.]+)\s*(?P<unit>\S+)")
ENDS = {0: "pass", 1: "fail", 3: "lost"}  # the exit codes of `idlelab check`


class NoBoot(StrategyError):
    """The machine wrote no IDLELAB-BEGIN: the lab's fault, or the machine's, and no result of a run."""


@dataclass(frozen=True)
class Figure:
    """A quantile of a step's main metric; `n` samples stand behind it."""
    value: float
    unit: str
    n: int

    def __str__(self) -> str:
        return f"{self.value:.12g} {self.unit} (n={self.n})"

    def beyond(self, than: str, number: float, unit: str) -> bool:
        """True where the figure is not `than` (`<` or `>`) the number."""
        value = self.value
        if unit in SECONDS and self.unit in SECONDS:
            value, number = value * SECONDS[self.unit], number * SECONDS[unit]
        elif unit != self.unit:
            raise ValueError(f"found the unit '{unit}', expected '{self.unit}'")
        return not (value < number if than == "<" else value > number)


@dataclass
class Result:
    """One run: how it ended (`pass`, `fail`, or `lost`: its log is not whole) and, in `check`'s words, why."""
    end: str
    why: str
    log: Path
    report: Path
    verdicts: Dict[str, str] = field(default_factory=dict)  # step: pass, fail, skip, or error where it has none
    reasons: Dict[str, str] = field(default_factory=dict)  # of each step that did not pass
    figures: Dict[str, Dict[str, Figure]] = field(default_factory=dict)  # step: wake_latency.p99: its figure

    def broken(self, limit: str) -> List[str]:
        """What does not keep a limit as `wake_* p99 < 20 us`, in words; also that no step has such a figure."""
        words = LIMIT.fullmatch(limit.strip())
        if not words:
            raise ValueError(f"found the limit '{limit}', expected STEP FIGURE < NUMBER UNIT, as 'wake_* p99 < 20 us'")
        found = [(step, name, figure) for step, figures in self.figures.items() if fnmatch.fnmatch(step, words["step"])
                 for name, figure in figures.items() if words["figure"] in (name, name.split(".", 1)[1])]
        if not found:
            return [f"no step that matches {words['step']} has a figure {words['figure']}"]
        return [f"{step}: {name} is {figure}, expected {words['than']} {words['number']} {words['unit']}"
                for step, name, figure in found
                if figure.beyond(words["than"], float(words["number"]), words["unit"])]

    def read_junit(self, text: str) -> None:
        """Verdicts and figures from `idlelab export --junit`."""
        words = {"failure": "fail", "skipped": "skip", "error": "error"}
        for case in xml.etree.ElementTree.fromstring(text).iter("testcase"):
            step = case.get("name", "")
            self.verdicts[step] = "pass"
            for kind, verdict in words.items():
                fault = case.find(kind)
                if fault is not None:
                    self.verdicts[step], self.reasons[step] = verdict, fault.get("message", "")
            values = {item.get("name", ""): item.get("value", "") for item in case.iter("property")}
            n = int(values.pop("n", "0"))
            self.figures[step] = {}
            for name, value in values.items():
                number, _, unit = value.partition(" ")
                self.figures[step][name] = Figure(float(number), unit, n)


@target_factory.reg_driver
@attr.s(eq=False)
class IdlelabDriver(Driver):
    """Follows one run on the console. `boot_s`: how long from power on to the image's first line; `silence_s`: how long no byte may come
    after it (the image sends a heartbeat every 10 s); `limit_s`: how long all may take."""
    bindings = {"console": ConsoleProtocol}
    boot_s = attr.ib(default=120, validator=attr.validators.instance_of(int))
    silence_s = attr.ib(default=30, validator=attr.validators.instance_of(int))
    limit_s = attr.ib(default=3600, validator=attr.validators.instance_of(int))

    def tool(self, *words: object) -> List[str]:
        configured = self.target.env.config.get_tool("idlelab") if self.target.env else None
        path = configured if configured and os.path.exists(configured) else BUILD / "idlelab"
        return [str(path), *map(str, words)]

    def read(self) -> bytes:
        """What came on the console, perhaps nothing. A size, because some drivers read a byte otherwise; the serial driver waits for so
        many as long as the time-out lets it."""
        try:
            data = self.console.read(size=4096, timeout=0.25)
        except TIMEOUT:
            return b""
        if not data:
            time.sleep(0.05)
        return data

    @Driver.check_active
    def measure(self, log: Path) -> Result:
        """Writes the console to `log` until `check --follow` says that the run has ended; the machine was just switched on."""
        log.parent.mkdir(parents=True, exist_ok=True)
        begin = heard = time.monotonic()
        began = late = ""
        tail = b""
        with open(log, "wb") as out:
            check = subprocess.Popen(self.tool("check", "--follow", log), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                while check.poll() is None and not late:
                    data = self.read()
                    out.write(data)
                    out.flush()
                    now = time.monotonic()
                    heard = now if data else heard
                    tail = (tail + data)[-8192:]
                    began = began or ("yes" if b"IDLELAB-BEGIN run=" in tail else "")
                    late = self.too_late(now - begin, now - heard, began)
            finally:
                check.kill()
                check.communicate()
        if not began:
            raise NoBoot(f"no IDLELAB-BEGIN: {late or 'the console ended'}; the console is in {log}")
        return self.judge(log, late)

    def too_late(self, since_begin: float, since_byte: float, began: str) -> str:
        if not began:
            return f"{self.boot_s} s after power on" if since_begin > self.boot_s else ""
        if since_byte > self.silence_s:
            return f"no byte for {self.silence_s} s"
        return f"longer than {self.limit_s} s" if since_begin > self.limit_s else ""

    def judge(self, log: Path, late: str = "") -> Result:
        """What a log that is written says, whoever wrote it; and its report beside it."""
        report = log.with_suffix(".html")
        check = subprocess.run(self.tool("check", log), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if check.returncode not in ENDS:
            raise StrategyError(f"idlelab check: {check.stdout}")
        result = Result(ENDS[check.returncode], (late + "\n" if late else "") + check.stdout, log, report)
        junit = subprocess.run(self.tool("export", "--junit", log), stdout=subprocess.PIPE, text=True, check=False)
        if junit.stdout:
            result.read_junit(junit.stdout)
        subprocess.run(self.tool("report", "--force", "-o", report, log), stderr=subprocess.DEVNULL, check=False)
        return result


class Status(enum.Enum):
    unknown = 0
    off = 1
    prepared = 2
    booted = 3
    measured = 4


@target_factory.reg_driver
@attr.s(eq=False)
class IdlelabStrategy(Strategy):
    """off, prepared (stick, card, image or TFTP folder written), booted (power on), measured (`result` is there).

    What is written follows from what the target has: a TFTPProvider's folder, else the image `medium` of the environment, and a storage
    that it goes onto; a USB-SD-Mux is switched to this host and back, and so is what a digital output switches (on: the machine has the stick).
    `log` is where the next run goes, `script` as run/qemu takes it, `append`
    words for the boot command line, `limits` what the figures must keep (test_idlelab.py)."""
    bindings = {
        "power": PowerProtocol,
        "console": ConsoleProtocol,
        "lab": "IdlelabDriver",
        "storage": {"USBStorageDriver", None},
        "mux": {"USBSDMuxDriver", DigitalOutputProtocol, None},
        "tftp": {"TFTPProvider", None},
    }
    script = attr.ib(default="smoke", validator=attr.validators.instance_of(str))
    append = attr.ib(default="", validator=attr.validators.instance_of(str))
    limits = attr.ib(factory=list, validator=attr.validators.instance_of(list))
    status = attr.ib(default=Status.unknown)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.log: Optional[Path] = None  # of the next run
        self.result: Optional[Result] = None

    def new_folder(self) -> Path:
        place = ROOT if (ROOT / "Makefile").exists() else Path.cwd()  # installed, results are where the user is
        return place / "results" / time.strftime(f"%Y%m%dT%H%M%SZ-{self.target.name}", time.gmtime())

    def medium(self, *place: str) -> None:
        words = ["--script", self.script, "--append", self.append, "--exit", "halt", *place]
        made = subprocess.run([str(ROOT / "run/labs/medium"), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if made.returncode:
            raise ValueError(made.stdout.strip())

    def off(self) -> None:
        self.target.activate(self.power)
        self.power.off()
        self.target.deactivate(self.lab)
        self.target.deactivate(self.console)
        self.target.deactivate(self.power)  # an emulator reads its images when it is activated

    def prepare(self) -> None:
        if self.tftp:
            self.medium("--tftp", self.tftp.internal)
            return
        image = self.target.env.config.get_image_path("medium")
        self.medium("--iso", image)
        self.switch(to_machine=False)
        if self.storage:
            self.target.activate(self.storage)
            self.storage.write_image(image)
            self.target.deactivate(self.storage)
        self.switch(to_machine=True)

    def switch(self, to_machine: bool) -> None:
        if not self.mux:
            return
        self.target.activate(self.mux)
        if isinstance(self.mux, DigitalOutputProtocol):
            self.mux.set(to_machine)
        else:
            self.mux.set_mode("dut" if to_machine else "host")

    def boot(self) -> None:
        self.target.activate(self.power)
        self.target.activate(self.lab)  # and the console, before there is anything to lose
        if hasattr(self.console, "open"):
            self.console.open()  # 0.4.1's ExternalConsoleDriver opens when it is bound, and not again; elsewhere it is open
        self.power.on()

    def measure(self) -> None:
        log = self.log or self.new_folder() / "serial.log"
        self.result = self.lab.measure(log)
        self.log = None

    def transition(self, status: object, *, step: object = None) -> None:
        """Each run begins with `off`: to `measured` again is another boot."""
        wanted = Status[status] if isinstance(status, str) else status
        if wanted == Status.unknown or not isinstance(wanted, Status):
            raise StrategyError(f"can not transition to {status}")
        ways = [(Status.off, self.off), (Status.prepared, self.prepare), (Status.booted, self.boot), (Status.measured, self.measure)]
        if wanted.value <= self.status.value:
            self.status = Status.unknown
        for reached, way in ways:
            if self.status.value < reached.value <= wanted.value:
                way()
                self.status = reached
