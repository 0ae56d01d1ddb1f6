#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real S3 server for tests: Ceph's radosgw with an in-memory store, on loopback.

It verifies signatures, lists in byte order, honours ranges and If-Match, which is why it is the
truth for assay's S3 side. One monitor, one OSD (memstore, nothing on disk but its small bookkeeping) and one
gateway run as ordinary child daemons in a temporary folder, on free ports, without systemd, and are
stopped by their own pid files. Nothing outside the folder is written or read.

As a module:      with Radosgw() as server: server.endpoint, server.access_key, server.secret_key
As a program:     radosgw.py start FOLDER   prints the environment to export
                  radosgw.py stop FOLDER

Needs Debian's radosgw, ceph-mon, ceph-osd, ceph-common. Takes about 15 seconds to start.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool", "ceph-authtool")
ACCESS_KEY = "assaytestaccess"
SECRET_KEY = "assaytestsecret0123456789"

CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd objectstore = memstore
memstore device bytes = {store_bytes}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
mon data avail crit = 1
run dir = {folder}
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
crash dir = {folder}/crash
osd memory target = 939524096
osd class dir = {classes}
ms bind ipv6 = false
[osd]
# Ports of the OSD are picked by itself out of a range that is kept apart from other clusters.
ms bind port min = {osd_low}
ms bind port max = {osd_high}
[client.rgw]
keyring = {folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw thread pool size = 64
rgw lifecycle work time = 00:00-00:00
rgw enable usage log = false
"""


def missing_programs():
    """Names of the programs that are not installed; empty when the server can be started."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def free_ports(count):
    """`count` different ports that nothing listens on now."""
    sockets = []
    try:
        for _ in range(count):
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            sockets.append(s)
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def class_folder():
    """Where the distribution keeps the OSD's object classes, which the gateway needs."""
    for base in Path("/usr/lib").glob("*-linux-gnu"):
        if (base / "rados-classes").is_dir():
            return base / "rados-classes"
    return Path("/usr/lib/rados-classes")


class Radosgw:
    """The server; a context manager. `folder` is made when not given, and removed by stop()."""

    def __init__(self, folder=None, store_bytes=4 << 30):
        self.own_folder = folder is None
        self.folder = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="assay-rgw-"))
        self.store_bytes = store_bytes
        self.access_key = ACCESS_KEY
        self.secret_key = SECRET_KEY
        self.port = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        """What the AWS tools, and assay, read their settings from."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *command, check=True, timeout=120):
        environment = dict(os.environ, CEPH_CONF=str(self.folder / "ceph.conf"))
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
                               f"{self.log_tail()}")
        return done.stdout

    def log_tail(self):
        lines = []
        for log in sorted(self.folder.glob("*.log")):
            lines.append(f"--- {log.name}")
            lines += log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join(lines)

    def start(self):
        missing = missing_programs()
        if missing:
            raise RuntimeError("not installed: " + ", ".join(missing))
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._configure()
            self._start_cluster()
            self._start_gateway()
        except BaseException:
            self.stop()
            raise
        return self

    def _configure(self):
        mon1, mon2, self.port = free_ports(3)
        osd_low = 40000 + (os.getpid() * 16) % 8000
        text = CONFIGURATION.format(fsid=uuid.uuid4(), mon1=mon1, mon2=mon2, folder=self.folder,
                                    port=self.port, store_bytes=self.store_bytes, osd_low=osd_low,
                                    osd_high=osd_low + 400, classes=class_folder())
        (self.folder / "ceph.conf").write_text(text)
        for name in ("mon", "osd", "crash"):
            (self.folder / name).mkdir(exist_ok=True)
        fsid = text.split("fsid = ")[1].split("\n")[0]
        keyring = str(self.folder / "keyring")
        self.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a",
                 f"[v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]", str(self.folder / "monmap"))
        self.run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.",
                 "--cap", "mon", "allow *")
        for name in ("client.admin", "osd.0", "client.rgw"):
            command = ["ceph-authtool", keyring, "--gen-key", "-n", name, "--cap", "mon", "allow *",
                       "--cap", "osd", "allow *"]
            if name != "osd.0":
                command += ["--cap", "mgr", "allow *"]
            self.run(*command)
        (self.folder / "facts.json").write_text(json.dumps({"port": self.port}))

    def _start_cluster(self):
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", str(self.folder / "monmap"),
                 "--keyring", str(self.folder / "keyring"))
        self.run("ceph-mon", "-i", "a")
        self.run("ceph", "osd", "create")
        self.run("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=localhost")
        self.run("ceph", "auth", "import", "-i", str(self.folder / "keyring"))
        self.run("ceph-osd", "-i", "0", "--mkfs", "--osd-objectstore", "memstore")
        self.run("ceph-osd", "-i", "0")

    def _start_gateway(self):
        self.run("radosgw", "-n", "client.rgw", "--rgw-zone", "default")
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(self.endpoint, timeout=2).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError("radosgw did not come up\n" + self.log_tail()) from None
                time.sleep(0.1)
        self.run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid", "assay",
                 "--display-name", "assay", "--access-key", self.access_key, "--secret-key",
                 self.secret_key)

    def stop(self):
        """Ends the daemons named in the pid files and removes the folder if it is our own."""
        pids = []
        for file in self.folder.glob("*.pid"):
            try:
                pid = int(file.read_text().strip())
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except (OSError, ValueError):
                continue
            # A pid file outlives its process: be sure that this process is one of ours.
            if any(name in command for name in (b"ceph-mon", b"ceph-osd", b"radosgw")):
                pids.append(pid)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)  # nothing is kept, so nothing needs an orderly end
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{pid}/cmdline").exists() and
                  Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        if self.own_folder or (self.folder / "facts.json").exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("start", "stop"):
        print(__doc__, file=sys.stderr)
        return 2
    server = Radosgw(folder=arguments[1])
    if arguments[0] == "stop":
        server.stop()
        return 0
    server.start()
    for name, value in server.environment().items():
        print(f"export {name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
