#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An S3 look-alike that misbehaves on purpose. Standard library only; loopback only.

    fault_server.py [--root DIR] [--every FAULT-N] [--port 0] [--tls PEM] [--virtual]

Prints the port on its first line. It checks no signatures (radosgw does that); it does check that ranges after
the first carry If-Match.

--tls speaks HTTPS with the certificate and key in PEM; --virtual takes the bucket from the first label of the host
(files.localhost) and refuses path style.

Objects, path style:
  /faults/FAULT[-N]/SIZE[/anything]   SIZE bytes, byte i is i mod 251; the first N requests (default 1) for that key
                                      and end of range meet FAULT (see FAULTS), later ones are served well
  /files/KEY                          DIR/KEY; with --every each key's first N requests meet that fault
  Listings: /files lists DIR; /list-KIND lists made-up keys (see LISTINGS); /denied, /expired, /missing refuse.
"""
import argparse
import email.utils
import os
import re
import socket
import ssl
import struct
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

PERIOD = bytes(i % 251 for i in range(251 * 4096))
OTHER_REGION = "eu-other-1"
HOSTILE = ["a b", "a+b", "a%2Bb", "a=b&c", "q'()*", "d//e", "dir/", "ä", "%", "x?y#z", "~", "ctl\u0001\n", "<&>\"", "k" * 1024]


def pattern(start, size):
    out = bytearray()
    at = start % 251
    while len(out) < size:
        out += PERIOD[at:at + size - len(out)]
        at = 0
    return bytes(out)


class Refusal(Exception):
    def __init__(self, status, code, message="", headers=(), extra=""):
        super().__init__(code)
        self.status, self.code, self.message, self.headers, self.extra = status, code, message, headers, extra


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, options):
        super().__init__(address, Handler)
        self.root, self.every, self.virtual = options.root, options.every, options.virtual
        self.lock = threading.Lock()
        self.seen = {}

    def count(self, *name):
        with self.lock:
            self.seen[name] = self.seen.get(name, 0) + 1
            return self.seen[name]

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the tests


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    # ---- answers ----

    def send(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amz-request-id", "REQ0001")
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, r):
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{r.code}</Code><Message>{escape(r.message)}'
                f"</Message>{r.extra}<RequestId>REQ0001</RequestId></Error>").encode()
        self.send(r.status, [("Content-Type", "application/xml"), *r.headers], body)

    def reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    # ---- requests ----

    def do_GET(self):
        path, _, query = self.path.partition("?")
        bucket, _, key = path[1:].partition("/")
        if self.server.virtual:
            bucket, _, rest = self.headers.get("Host", "").partition(".")
            bucket, key = (bucket, path[1:]) if rest.startswith("localhost:") else ("", "")
        key = urllib.parse.unquote(key)
        query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        try:
            if not key:
                self.list(bucket, query)
            elif bucket == "faults":
                self.faulty(key)
            elif bucket == "files" and self.server.root:
                self.file(key)
            else:
                raise Refusal(404, "NoSuchBucket")
        except Refusal as r:
            self.refuse(r)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def range(self, total):
        header = self.headers.get("Range")
        if header is None:
            return None
        m = re.fullmatch(r"bytes=(\d+)-(\d+)", header)
        if not m:
            raise Refusal(400, "InvalidArgument", "bad Range")
        first, last = int(m[1]), min(int(m[2]), total - 1)
        if first >= total:
            raise Refusal(416, "InvalidRange", headers=[("Content-Range", f"bytes */{total}")])
        return first, last

    def faulty(self, key):
        m = re.match(r"([a-z0-9]+?)(?:-(\d+))?/(\d+)(?:/|$)", key)
        if not m or m[1] not in FAULTS:
            raise Refusal(404, "NoSuchKey")
        size = int(m[3])
        self.serve(key, lambda first, n: pattern(first, n), size, m[1], int(m[2] or 1))

    def file(self, key):
        path = os.path.join(self.server.root, key)
        if not os.path.isfile(path):
            raise Refusal(404, "NoSuchKey")

        def read(first, n):
            with open(path, "rb") as f:
                f.seek(first)
                return f.read(n)

        fault, _, times = self.server.every.partition("-")
        self.serve(key, read, os.path.getsize(path), fault, int(times or 1))

    def serve(self, key, read, total, fault, times):
        asked = self.headers.get("Range", "")
        start, _, end = asked[6:].partition("-")
        meets = self.server.count(key, end) <= times  # a resumed range keeps its end
        answer = {"etag": "v1", "honour_match": True, "first_shift": 0, "cut": None, "whole": False, "pause": 0,
                  "stall": False, "reset": False, "fewer": False, "length": True, "total": None}
        FAULTS[fault](self, answer, meets, int(start or 0))
        total = total if answer["total"] is None else answer["total"](total)
        span = None if answer["whole"] else self.range(total)
        match = self.headers.get("If-Match")
        if span and span[0] > 0 and match is None:
            raise Refusal(400, "TestMissingIfMatch", "a further range came without If-Match")
        if match is not None and match != f'"{answer["etag"]}"' and answer["honour_match"]:
            raise Refusal(412, "PreconditionFailed")
        first, last = span or (0, total - 1)
        if answer["fewer"] and last > first:
            last = first + (last - first) // 2
        body = read(first, last - first + 1)
        self.send_object(answer, span, first, last, total, body)

    def send_object(self, answer, span, first, last, total, body):
        self.send_response(206 if span else 200)
        if span:
            self.send_header("Content-Range", f"bytes {first + answer['first_shift']}-{last}/{total}")
        if answer["length"]:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        if answer["etag"]:
            self.send_header("ETag", f'"{answer["etag"]}"')
        self.send_header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        self.send_header("Content-Type", "text/plain")
        self.send_header("x-amz-server-side-encryption", "AES256")
        self.end_headers()
        cut = len(body) if answer["cut"] is None else int(len(body) * answer["cut"])
        if answer["pause"]:
            for at in range(0, cut, max(1, cut // 8)):
                self.wfile.write(body[at:min(cut, at + max(1, cut // 8))])
                self.wfile.flush()
                time.sleep(answer["pause"])
        else:
            self.wfile.write(body[:cut])
        if answer["stall"]:
            self.wfile.flush()
            time.sleep(8)
        if answer["reset"]:
            self.reset()
        elif cut < len(body):
            self.close_connection = True

    # ---- listings ----

    def list(self, bucket, query):
        if bucket == "denied":
            raise Refusal(403, "AccessDenied", "Access Denied")
        if bucket == "expired":
            raise Refusal(400, "ExpiredToken", "The provided token has expired.")
        if query.get("list-type") != "2":
            raise Refusal(400, "InvalidArgument", "not ListObjectsV2")
        if bucket == "files" and self.server.root:
            keys = []
            for folder, _, names in os.walk(self.server.root):
                keys += [os.path.relpath(os.path.join(folder, n), self.server.root) for n in names]
            self.page([(k, os.path.getsize(os.path.join(self.server.root, k))) for k in keys], query)
        elif bucket in LISTINGS:
            LISTINGS[bucket](self, query)
        else:
            raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist")

    def page(self, items, query, encode=True, next_token=None, storage="STANDARD", finish="</ListBucketResult>"):
        items = sorted((k.encode(), n) for k, n in items if k.startswith(query.get("prefix", "")))
        at = int(query.get("continuation-token", "0") or 0)
        size = int(query.get("max-keys", "1000"))
        more = at + size < len(items) or next_token is not None
        echo = encode and query.get("encoding-type") == "url"
        out = ['<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">']
        for key, n in items[at:at + size]:
            text = urllib.parse.quote_plus(key, safe="/") if echo else escape(key.decode())
            out.append(f"<Contents><Key>{text}</Key><LastModified>2024-01-02T03:04:05.000Z</LastModified>"
                       f"<ETag>&quot;v1&quot;</ETag><Size>{n}</Size><StorageClass>{storage}</StorageClass>"
                       "<Owner><ID>Key</ID></Owner></Contents>")
        if echo:
            out.append("<EncodingType>url</EncodingType>")
        out.append(f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>")
        if more:
            out.append(f"<NextContinuationToken>{next_token or at + size}</NextContinuationToken>")
        self.send(200, [("Content-Type", "application/xml")], ("".join(out) + finish).encode())


def refuse_with(status, code, message="", times_only=False):
    def fault(handler, answer, meets, start):
        if meets or not times_only:
            raise Refusal(status, code, message)
    return fault


def change(**fields):
    def fault(handler, answer, meets, start):
        if meets:
            answer.update(fields)
    return fault


def changed(honour):
    def fault(handler, answer, meets, start):
        if start > 0:
            answer.update(etag="v2", honour_match=honour)
    return fault


def less_at_first(handler, answer, meets, start):
    if handler.server.count("less", handler.path) == 1:
        answer.update(total=lambda size: size // 2)


def retry_after(handler, answer, meets, start):
    if meets:
        raise Refusal(503, "SlowDown", "Please reduce your request rate.", [("Retry-After", "1")])


def other_region(handler, answer, meets, start):
    if f"/{OTHER_REGION}/s3/" not in handler.headers.get("Authorization", ""):
        raise Refusal(301, "PermanentRedirect", "use the other region", [("x-amz-bucket-region", OTHER_REGION)])


def malformed_region(handler, answer, meets, start):
    if f"/{OTHER_REGION}/s3/" not in handler.headers.get("Authorization", ""):
        raise Refusal(400, "AuthorizationHeaderMalformed", "wrong region", extra=f"<Region>{OTHER_REGION}</Region>")


def redirect(host):
    def fault(handler, answer, meets, start):
        if meets:
            where = host or handler.headers["Host"]
            raise Refusal(307, "TemporaryRedirect", "go", [("Location", f"http://{where}{handler.path}")])
    return fault


def skewed(handler, answer, meets, start):
    stamp = time.strptime(handler.headers.get("x-amz-date", "19700101T000000Z"), "%Y%m%dT%H%M%SZ")
    there = time.time() + 3600
    if abs(time.mktime(stamp) - time.timezone - there) > 900:
        handler.date_time_string = lambda timestamp=None: email.utils.formatdate(there, usegmt=True)
        raise Refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the server's is too large")


def garbage(handler, answer, meets, start):
    if meets:
        handler.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
        handler.close_connection = True
        raise BrokenPipeError


FAULTS = {
    "": change(),
    "ok": change(),
    "slowdown": refuse_with(503, "SlowDown", times_only=True),
    "retryafter": retry_after,
    "internal": refuse_with(500, "InternalError", times_only=True),
    "reset": change(cut=0.5, reset=True),
    "cut": change(cut=0.6),
    "nobody": change(cut=0),
    "slow": change(pause=0.05),
    "stall": change(cut=0.5, stall=True),
    "badrange": change(first_shift=1),
    "fewer": change(fewer=True),
    "whole": change(whole=True),
    "nolength": change(whole=True, length=False),
    "less": change(total=lambda size: size // 2),
    "lessonce": less_at_first,
    "lessquiet": change(total=lambda size: size // 2, etag="", honour_match=False),
    "lesswhole": change(total=lambda size: size // 2, whole=True),
    "nothing": change(total=lambda size: 0, whole=True),
    "newer": change(total=lambda size: size // 2, etag="v2"),
    "changed": changed(True),
    "changedquiet": changed(False),
    "denied": refuse_with(403, "AccessDenied", "Access Denied"),
    "kms": refuse_with(403, "AccessDenied", "not authorized to perform: kms:Decrypt on the resource"),
    "ssec": refuse_with(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption."),
    "gone": refuse_with(404, "NoSuchKey"),
    "state": refuse_with(403, "InvalidObjectState", "not valid for the object's storage class"),
    "expired": refuse_with(400, "ExpiredToken", "The provided token has expired."),
    "badkey": refuse_with(403, "SignatureDoesNotMatch"),
    "nokey": refuse_with(403, "InvalidAccessKeyId"),
    "late": refuse_with(403, "RequestTimeTooSkewed"),
    "region": other_region,
    "malformed": malformed_region,
    "temporary": redirect(None),
    "evil": redirect("evil.example.com"),
    "skew": skewed,
    "garbage": garbage,
}


def hostile(handler, query, **options):
    handler.page([(k, len(k)) for k in HOSTILE], query, **options)


LISTINGS = {
    "list-many": lambda h, q: h.page([(f"k{i:05d}", i) for i in range(2500)], q),
    "list-none": lambda h, q: h.page([], q),
    "list-hostile": hostile,
    "list-noencoding": lambda h, q: h.page([(k, 1) for k in ["a%20b", "a+b", "%", "ä&<"]], q, encode=False),
    "list-endless": lambda h, q: h.page([("a", 1)], {**q, "continuation-token": "0"}, next_token="same"),
    "list-cut": lambda h, q: h.page([("a", 1)], q, finish=""),
    "list-glacier": lambda h, q: h.page([("a", 1)], q, storage="DEEP_ARCHIVE"),
    "list-error": lambda h, q: h.send(200, [], b"<Error><Code>InternalError</Code></Error>"),
    "list-html": lambda h, q: h.send(200, [("Content-Type", "text/html")], b"<html><body>hello</body></html>"),
    "list-repeats": lambda h, q: h.page([(f"k{i:05d}", 1) for i in [*range(1500), 300, 999, 999]], q),
    "list-circles": lambda h, q: h.page([(f"k{i:03d}", 1) for i in range(1000)], {**q, "continuation-token": "0"},
                                        next_token=f"{h.server.count('circles')}"),
    "list-flaky": lambda h, q: (h.refuse(Refusal(503, "SlowDown")) if h.server.count("flaky") <= 2
                                else h.page([("a", 1)], q)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=None)
    parser.add_argument("--every", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", default=None)
    parser.add_argument("--virtual", action="store_true")
    options = parser.parse_args()
    if options.every.partition("-")[0] not in FAULTS:
        parser.error("--every: no such fault")
    server = Server(("127.0.0.1", options.port), options)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls)
        # The handshake is left to the connection's own thread: a client that refuses must not hold the others.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
