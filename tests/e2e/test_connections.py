# SPDX-License-Identifier: Apache-2.0
"""How an S3 server is reached: TLS with certificates that are trusted or not, bucket in the host name or in the path,
a server that says nothing."""

import signal
import socket
import subprocess
import threading
import time

import pytest
from e2e_fixtures import detections, status
from test_faults import ENVIRONMENT, FaultServer

LINE = b"SSN 219-45-6781 stands here and there is some more text around it\n"


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    (folder / "some").mkdir(parents=True)
    (folder / "some/a.txt").write_bytes(LINE)
    (folder / "some/b c+d.txt").write_bytes(LINE * 20_000)
    return folder


def certificate(folder, name, host="localhost"):
    """A self-signed certificate with its key, and the certificate alone."""
    both, alone = folder / f"{name}.pem", folder / f"{name}.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host},IP:127.0.0.1", "-keyout", folder / "key", "-out", alone],
                   check=True, capture_output=True)
    both.write_bytes((folder / "key").read_bytes() + alone.read_bytes())
    return both, alone


def assert_both_found(scan):
    assert [status(r) for r in scan.results] == [("COMPLETE", None)] * 2
    assert sorted(d["count"] for r in scan.results for d in detections(r)) == [1, 20_000]


def test_a_self_signed_server(assay, content, tmp_path, needs):
    needs("openssl")
    server_pem, server_crt = certificate(tmp_path, "server")
    _, other_crt = certificate(tmp_path, "other")
    with FaultServer("--root", content, "--every", "ok-1", "--tls", server_pem) as server:
        endpoint = server.endpoint.replace("http://127.0.0.1", "https://localhost")
        base = ("scan", "s3://files", "--endpoint-url", endpoint, "--output", tmp_path / "out", "--overwrite")
        for options in ((), ("--ca-bundle", other_crt)):
            refused = assay.run(*base, *options, env=ENVIRONMENT, timeout=90)
            assert refused.code == 4, refused.text
            assert "certificate" in refused.text.lower(), refused.text
        for options, env in ((("--ca-bundle", server_crt), {}), (("--no-verify-ssl",), {}), ((), {"AWS_CA_BUNDLE": str(server_crt)})):
            scan = assay.scan("s3://files", output=tmp_path / "out", options=(*base[2:4], *options), env={**ENVIRONMENT, **env},
                              expect=(0,), timeout=90)
            assert_both_found(scan)
        missing = assay.run(*base, "--ca-bundle", tmp_path / "none.crt", env=ENVIRONMENT, timeout=90)
        assert missing.code in (2, 4) and "none.crt" in missing.text, missing.text


def test_the_name_in_the_certificate_counts(assay, content, tmp_path, needs):
    needs("openssl")
    pem, crt = certificate(tmp_path, "server", host="elsewhere.example")
    with FaultServer("--root", content, "--every", "ok-1", "--tls", pem) as server:
        ended = assay.run("scan", "s3://files", "--endpoint-url", server.endpoint.replace("http://127.0.0.1", "https://localhost"),
                          "--ca-bundle", crt, "--output", tmp_path / "out", env=ENVIRONMENT, timeout=90)
    assert ended.code == 4 and "certificate" in ended.text.lower(), ended.text


def test_the_bucket_in_the_host_name(assay, content, tmp_path):
    with FaultServer("--root", content, "--every", "ok-1", "--virtual") as server:
        endpoint = server.endpoint.replace("127.0.0.1", "localhost")
        for option, setting in ((("--addressing-style", "virtual"), ""), ((), "addressing_style = virtual")):
            config = tmp_path / "config"
            config.write_text(f"[default]\ns3 =\n  {setting}\n")
            scan = assay.scan("s3://files/some", output=tmp_path / "out", expect=(0,), options=("--endpoint-url", endpoint, *option),
                              env={**ENVIRONMENT, "AWS_CONFIG_FILE": str(config)})
            assert_both_found(scan)
        path = assay.run("scan", "s3://files", "--endpoint-url", endpoint, "--addressing-style", "path", "--output", tmp_path / "no",
                         env=ENVIRONMENT)
        assert path.code == 4 and "NoSuchBucket" in path.text


@pytest.fixture
def silent_server():
    """Takes connections and requests, and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken = []

    def take():
        try:
            while True:
                taken.append(listener.accept()[0])
        except OSError:
            pass
    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    for connection in taken:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_server_is_silent(assay, silent_server, tmp_path, number):
    (tmp_path / "a.txt").write_bytes(LINE)
    process = assay.start("scan", tmp_path / "a.txt", "s3://bucket", "--endpoint-url", silent_server, "--output", tmp_path / "out",
                          env=ENVIRONMENT)
    time.sleep(1 * assay.slow)
    assert process.poll() is None, process.stderr.read()
    begin = time.monotonic()
    process.send_signal(number)
    assert process.wait(30) == 130
    assert time.monotonic() - begin <= 2 * assay.slow
    text = process.stdout.read() + process.stderr.read()
    assert b"Traceback" not in text and (tmp_path / "out/summary.json").exists()
    assert b"219-45-6781" not in text
