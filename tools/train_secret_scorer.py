#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the scorer of generic secrets (detectors/checks/secret_score.c; docs/secrets.md).

    train_secret_scorer.py trigrams NEGATIVES.jsonl          writes secret_trigrams.h
    train_secret_scorer.py validate LABELLED.jsonl [OTHERS [CLEAN…]]
                                                             five folds, split by repository
    train_secret_scorer.py train LABELLED.jsonl [CLEAN…]     writes secret_weights.h

LABELLED: one document a line, {"source", "text", "spans": [{"start", "end", "ignore"?}]}; offsets in
characters. CLEAN: the same form, documents without secrets, whose candidates are all false. OTHERS:
predictions of the other detectors, {"doc", "spans": [{"start", "end", "type"}]} with offsets in bytes,
so that figures are those of the whole program.

The features are those of the compiled check: this script builds tools/secret_features.c with `cc` and
reads what it prints. The model is a logistic regression over their presence, L2, weighted so that no
repository rules; features of a single repository are left out, small weights are dropped and the rest
trained again. Needs Python 3 and numpy.
"""
import collections
import json
import math
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CHECKS = ROOT / "detectors" / "checks"
STEMS = ["pass", "pwd", "_pw", "kennwort", "contrase", "senha", "secret", "token", "key", "auth", "cred", "nonce", "signature", "ticket", "totp", "hotp",
         "identified by", "bearer ", "://", "curl ", "wget ", "sshpass ", "mysql ", "mysqldump ", "mysqladmin ", "redis-cli ",
         ":5432:", ":*:"]
FOLDS = 5
L2 = 3.0  # inverse of the usual C
REPOSITORIES_MIN = 2
FEATURES_MAX = 2400
CLEAN_SHARE = 0.5  # weight of a candidate of a clean document
HUMAN_SHARE = 0.25  # weight of a password that people would choose, in the place of a labelled one
HUMAN_TYPES = ("PASSWORD", "URL_CREDENTIALS")


# ---- documents and candidates

def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def candidates(docs):
    """[(document, start, end in bytes, [feature…])] as the compiled check has them."""
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/secret_features"
        sources = [ROOT / "tools" / "secret_features.c"] + sorted(CHECKS.glob("secret_*.c"))
        subprocess.run(["cc", "-std=c17", "-O2", f"-I{ROOT}", "-o", program, *map(str, sources)], check=True)
        texts = [d["text"].encode() for d in docs]
        data = b"".join(b"%08x\n%b" % (len(t), t) for t in texts)
        out = subprocess.run([program, *STEMS], input=data, stdout=subprocess.PIPE, check=True).stdout.decode("ascii")
    rows, seen = [], set()
    for line in out.splitlines():
        fields = line.split("\t")
        place = tuple(int(x) for x in fields[:3])
        if place not in seen:
            seen.add(place)
            rows.append((*place, sorted(set(fields[4:]))))
    return rows


def in_bytes(text, at):
    return len(text[:at].encode())


def gold_of(docs):
    """Per document: judged spans and ignored ones, in bytes."""
    out = []
    for d in docs:
        spans = [(in_bytes(d["text"], s["start"]), in_bytes(d["text"], s["end"]), bool(s.get("ignore")))
                 for s in d["spans"]]
        out.append(([s[:2] for s in spans if not s[2]], [s[:2] for s in spans if s[2]]))
    return out


def overlap(a, b):
    return min(a[1], b[1]) - max(a[0], b[0])


def label(row, gold):
    """1, 0, or -1 for what is not judged."""
    spans, free = gold[row[0]]
    if any(overlap(row[1:3], s) > 0 for s in free):
        return -1
    return int(any(2 * overlap(row[1:3], s) >= s[1] - s[0] for s in spans))


# ---- passwords as people choose them
#
# The corpus had every true value replaced by random letters and digits of its shape, so a scorer that
# sees nothing else learns that what reads like words is no password. Each document is therefore shown
# once more with passwords made of words in the places of the true ones.

def words_of(docs):
    count = collections.Counter(w for d in docs for w in re.findall(r"\b[a-z]{4,9}\b", d["text"]))
    return sorted(w for w, n in count.items() if n >= 20)


def human_password(random, words):
    def word():
        return random.choice(words)

    def number():
        return random.choice([str(random.randrange(10)), str(random.randrange(100)), str(random.randrange(1950, 2030)),
                              "123", "1234"])

    leet = str.maketrans({"a": "@", "e": "3", "i": "1", "o": "0", "s": random.choice("5$")})
    forms = [lambda: word() + number(), lambda: word().capitalize() + number(),
             lambda: word().capitalize() + number() + random.choice("!@#.*"),
             lambda: word() + random.choice("!@#.*_-") + number(), lambda: word() + word(),
             lambda: word().translate(leet) + number(), lambda: word().capitalize() + "@" + number(),
             lambda: word() + random.choice("-_.") + word() + number(),
             lambda: word().capitalize() + word().capitalize() + number(), lambda: word()[:3].upper() + number() + word()[:4]]
    return random.choice(forms)()


def with_human_passwords(docs, words):
    """Copies of the documents that hold passwords, and what to judge in them."""
    chance = random.Random(20)
    out = []
    for d in docs:
        spans = [s for s in sorted(d["spans"], key=lambda s: s["start"])
                 if s["type"] in HUMAN_TYPES and not s.get("ignore")]
        text, at, moved = "", 0, []
        for s in spans:
            if s["start"] >= at:
                value = human_password(chance, words)
                if s["type"] == "URL_CREDENTIALS":
                    value = value.replace("@", "%40").replace("#", "%23")
                text += d["text"][at:s["start"]]
                moved.append({"start": len(text), "end": len(text) + len(value)})
                text, at = text + value, s["end"]
        if spans:
            out.append({"source": d["source"], "text": text + d["text"][at:], "spans": moved})
    return out


def human_rows(docs, words):
    """[(source, features)] of the passwords in the copies; nothing else of them is judged."""
    copies = with_human_passwords(docs, words)
    gold = gold_of(copies)
    return [(copies[r[0]]["source"], r[3]) for r in candidates(copies) if label(r, gold) == 1]


# ---- the regression

class Matrix:
    """Presence of features, row by row, as index arrays."""

    def __init__(self, rows, index):
        ids = [[index[f] for f in r if f in index] for r in rows]
        self.count = len(ids)
        self.columns = np.array([i for r in ids for i in r], dtype=np.int64)
        self.rows = np.repeat(np.arange(self.count), [len(r) for r in ids])
        self.width = len(index)

    def times(self, w):
        return np.bincount(self.rows, weights=w[self.columns], minlength=self.count)

    def transposed_times(self, g):
        return np.bincount(self.columns, weights=g[self.rows], minlength=self.width)


def fit(matrix, y, weight, free):
    """Minimises the logistic loss with L2 by L-BFGS; feature `free` is not held back."""
    held = np.full(matrix.width, L2)
    held[free] = 1e-3

    def loss(w):
        z = matrix.times(w)
        value = np.sum(weight * (np.logaddexp(0, z) - y * z)) + 0.5 * np.sum(held * w * w)
        p = 1 / (1 + np.exp(-np.clip(z, -40, 40)))
        return value, matrix.transposed_times(weight * (p - y)) + held * w

    w = np.zeros(matrix.width)
    value, grad = loss(w)
    steps = collections.deque(maxlen=12)
    for _ in range(400):
        q = grad.copy()
        alphas = []
        for s, d in reversed(steps):
            a = s.dot(q) / d.dot(s)
            alphas.append(a)
            q -= a * d
        if steps:
            s, d = steps[-1]
            q *= s.dot(d) / d.dot(d)
        else:
            q /= max(1.0, float(np.abs(grad).max()))
        for (s, d), a in zip(steps, reversed(alphas)):
            q += s * (a - d.dot(q) / d.dot(s))
        size, slope = 1.0, -grad.dot(q)
        while True:
            new = w - size * q
            new_value, new_grad = loss(new)
            if new_value <= value + 1e-4 * size * slope or size < 1e-8:
                break
            size /= 2
        if (new - w).dot(new_grad - grad) > 1e-12:
            steps.append((new - w, new_grad - grad))
        done = value - new_value < 1e-6 * abs(value)
        w, value, grad = new, new_value, new_grad
        if done:
            break
    return w


def row_weights(sources, y, human):
    """The weight of a repository grows with the root of its size, so that none rules. The last
    `human` rows are copies."""
    n = collections.Counter(zip(sources, y))
    weight = np.array([min(1.0, math.sqrt(40 / n[(s, v)])) * (CLEAN_SHARE if s == "" else 1)
                       for s, v in zip(sources, y)])
    if human:
        weight[-human:] *= HUMAN_SHARE
    return weight


def train(rows, sources, y, weight):
    """{feature: weight}."""
    seen = collections.defaultdict(set)
    for r, s in zip(rows, sources):
        for f in r:
            seen[f].add(s)
    names = sorted(f for f in seen if len(seen[f]) >= REPOSITORIES_MIN)
    for last in (False, True):
        index = {f: i for i, f in enumerate(names)}
        matrix = Matrix(rows, index)
        w = fit(matrix, np.array(y, dtype=float), weight, index["always:"])
        if not last:
            frequency = np.bincount(matrix.columns, minlength=matrix.width)
            worth = np.abs(w) * np.sqrt(np.minimum(frequency, 400))
            worth[index["always:"]] = 1e9
            keep = np.argsort(-worth)[:FEATURES_MAX]
            names = sorted(names[i] for i in keep)
    return {f: float(v) for f, v in zip(names, w)}


# ---- validation

def folds_of(docs, gold):
    size = collections.Counter()
    for d, g in zip(docs, gold):
        size[d["source"]] += len(g[0]) + 0.01
    load, fold = [0.0] * FOLDS, {}
    for s in sorted(size, key=lambda s: (-size[s], s)):
        fold[s] = load.index(min(load))
        load[fold[s]] += size[s]
    return fold


def figures(docs, gold, found):
    """True and false positives, misses: as the scorer of the corpora counts them."""
    tp = fp = fn = 0
    for (spans, free), places in zip(gold, found):
        used = set()
        hit = set()
        for i, s in enumerate(spans):
            for k, p in enumerate(places):
                if k not in used and overlap(p, s) > 0 and 2 * overlap(p, s) >= s[1] - s[0]:
                    used.add(k)
                    hit.add(i)
                    break
        tp += len(hit)
        fn += len(spans) - len(hit)
        for k, p in enumerate(places):
            touched = any(overlap(p, spans[i]) > 0 for i in hit) or any(overlap(p, s) > 0 for s in free)
            fp += k not in used and not touched
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return tp, fp, fn, precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def validate(docs, others, clean):
    gold = gold_of(docs)
    rows = candidates(docs)
    human = human_rows(docs, words_of(clean)) if clean else []
    y = [label(r, gold) for r in rows]
    fold = folds_of(docs, gold)
    score = np.zeros(len(rows))
    for k in range(FOLDS):
        use = [i for i, r in enumerate(rows) if y[i] >= 0 and fold[docs[r[0]]["source"]] != k]
        copies = [h for h in human if fold[h[0]] != k]
        sources = [docs[rows[i][0]]["source"] for i in use] + [h[0] for h in copies]
        truth = [y[i] for i in use] + [1] * len(copies)
        model = train([rows[i][3] for i in use] + [h[1] for h in copies], sources, truth,
                      row_weights(sources, truth, len(copies)))
        for i, r in enumerate(rows):
            if fold[docs[r[0]]["source"]] == k:
                score[i] = sum(model.get(f, 0) for f in r[3])
    for threshold in np.arange(-1, 1.01, 0.25):
        found = [list(others.get(d, [])) for d in range(len(docs))]
        for r, s in zip(rows, score):
            if s >= threshold and not any(overlap(r[1:3], p) > 0 for p in others.get(r[0], [])):
                found[r[0]].append(r[1:3])
        tp, fp, fn, precision, recall, f1 = figures(docs, gold, found)
        print(f"threshold {threshold:5.2f}: {tp} right, {fp} wrong, {fn} missed; "
              f"precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")


# ---- what is written

def hash_of(feature):
    kind, text = feature.split(":", 1)
    raw = kind.encode() + b":" + re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
    h = 2166136261
    for b in raw:
        h = (h ^ b) * 16777619 & 0xFFFFFFFF
    return h


def packed(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 1 > 100:
            lines.append(line)
            line = "   "
        line += " " + item
    return "\n".join(lines + [line])


def write_weights(model):
    table = {}
    for f, w in model.items():
        value = max(-3000, min(3000, round(100 * w)))
        if value != 0:
            assert hash_of(f) not in table, "two features of one hash"
            table[hash_of(f)] = value
    items = [f"{{0x{h:08X}, {v}}}," for h, v in sorted(table.items())]
    first = [f"{sum(h >> 23 < i for h in table)}," for i in range(513)]
    (CHECKS / "secret_weights.h").write_text(f"""/* SPDX-License-Identifier: Apache-2.0
 * Generated by tools/train_secret_scorer.py; do not edit. What each feature of a candidate weighs,
 * in hundredths of a natural logit, by the feature's FNV-1a hash, ascending. Features that are not
 * here weigh nothing. */
#ifndef AS_DETECTORS_CHECKS_SECRET_WEIGHTS_H
#define AS_DETECTORS_CHECKS_SECRET_WEIGHTS_H

#include <stdint.h>

#define AS_SECRET_WEIGHTS {len(items)}U

/* clang-format off */
/* Where the features that share their upper nine bits begin. */
static const uint16_t as_secret_weights_first[513] = {{
{packed(first)}
}};

static const struct {{
    uint32_t feature;
    int16_t weight;
}} as_secret_weights[AS_SECRET_WEIGHTS] = {{
{packed(items)}
}};
/* clang-format on */

#endif
""", encoding="ascii")
    print(f"{len(items)} weights")


def write_trigrams(docs):
    words = collections.Counter()
    for d in docs:
        for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", d["text"]):
            if 2 <= len(w) <= 20:
                words[w.lower()] += 1
    triples, pairs, singles = collections.Counter(), collections.Counter(), collections.Counter()
    after_two, after_one = collections.Counter(), collections.Counter()
    for word, n in words.items():
        if n < 3:
            continue
        value = 1 + math.log2(n)
        text = [0, 0] + [ord(c) - 96 for c in word]
        for a, b, c in zip(text, text[1:], text[2:]):
            triples[a, b, c] += value
            pairs[b, c] += value
            singles[c] += value
            after_two[a, b] += value
            after_one[b] += value
    total, back = sum(singles.values()), 30
    rows = []
    for a in range(27):
        for b in range(27):
            row = "0"
            for c in range(1, 27):
                one = (singles[c] + 1) / (total + 26)
                two = (pairs[b, c] + back * one) / (after_one[b] + back)
                three = (triples[a, b, c] + back * two) / (after_two[a, b] + back)
                row += chr(48 + min(round(-4 * math.log2(three)), 70))
            rows.append('"' + row.replace("\\", "\\\\").replace("?", "\\?") + '",')
    (CHECKS / "secret_trigrams.h").write_text(f"""/* SPDX-License-Identifier: Apache-2.0
 * Generated by tools/train_secret_scorer.py; do not edit. What a letter costs behind two others,
 * in quarters of a bit, as a character from '0' on. Row: first * 27 + second; the edge of a word is
 * 0, a to z are 1 to 26. Counted over the words of the Python library, C headers and manual pages,
 * each word once and a little more for being common. */
#ifndef AS_DETECTORS_CHECKS_SECRET_TRIGRAMS_H
#define AS_DETECTORS_CHECKS_SECRET_TRIGRAMS_H

/* clang-format off */
static const char as_secret_trigrams[729][28] = {{
{packed(rows)}
}};
/* clang-format on */

#endif
""", encoding="ascii")


def main(command, path, *more):
    docs = read(path)
    if command == "trigrams":
        write_trigrams(docs)
    elif command == "validate":
        others = collections.defaultdict(list)
        for p in read(more[0]) if more else []:
            others[p["doc"]] += [(s["start"], s["end"]) for s in p["spans"]]
        validate(docs, others, [d for path in more[1:] for d in read(path)])
    elif command == "train":
        clean = [d for path in more for d in read(path)]
        gold = gold_of(docs)
        rows = [(docs[r[0]]["source"], r[3], y) for r in candidates(docs) for y in [label(r, gold)] if y >= 0]
        rows += [("", r[3], 0) for r in candidates(clean)]
        human = human_rows(docs, words_of(clean)) if clean else []
        rows += [(s, f, 1) for s, f in human]
        sources, y = [r[0] for r in rows], [r[2] for r in rows]
        write_weights(train([r[1] for r in rows], sources, y, row_weights(sources, y, len(human))))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
