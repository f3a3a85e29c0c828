"""Avro by the Avro project's own Python library. Reads and writes files as avsc-agreement.mjs does.

The text is that of BoundSchema in the tests.
"""
import io
import json
import random
import struct
import sys

import avro.io
import avro.schema

chance = random.Random(11)


LISTS = dict.fromkeys(("read_array", "read_map", "skip_array", "skip_map"), "a block with its size") | dict.fromkeys(("read_union", "skip_union"), "a negative branch")


class Decoder(avro.io.BinaryDecoder):
    """Notes what the library lets pass, and says where it would skip over the end."""

    def __init__(self, record):
        super().__init__(io.BytesIO(record))
        self.length = len(record)
        self.odd = set()

    def at(self):
        return self.reader.tell()

    def read_boolean(self):
        start = self.at()
        value = super().read_boolean()
        if self.reader.getvalue()[start] > 1:
            self.odd.add("a boolean above 1")
        return value

    def read_long(self):
        start = self.at()
        value = super().read_long()
        if self.at() - start > 10:
            self.odd.add("a number of over 10 bytes")
        if not -(1 << 63) <= value < 1 << 63:
            self.odd.add("a number of over 64 bits")
        self.look(value, LISTS)
        return value

    def read_int(self):
        value = self.read_long()
        if not -(1 << 31) <= value < 1 << 31:
            self.odd.add("an int of over 32 bits")
        self.look(value, {"read_enum": "a negative symbol"})
        return value

    # Python's lists have items at negative places, and the library does not look at the size that follows a negative count.
    def look(self, value, named):
        caller = sys._getframe(2).f_code.co_name
        if value < 0 and caller in named:
            self.odd.add(named[caller])

    def skip_boolean(self):
        self.read_boolean()

    def skip_int(self):
        self.read_int()

    def skip_long(self):
        self.read_long()

    def skip(self, n):
        if not 0 <= n <= self.length - self.at():
            raise EOFError("skipped over the end")
        super().skip(n)


class Reader(avro.io.DatumReader):
    def skip_enum(self, writer, decoder):
        self.read_enum(writer, writer, decoder)


def text(schema, value):
    kind = schema.type
    if kind in ("union", "error_union"):
        return text(next(branch for branch in schema.schemas if fits(branch, value)), value)
    if kind == "null":
        return "null"
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("int", "long"):
        return str(value)
    if kind in ("float", "double"):
        if value != value:
            return "nan"
        value = struct.unpack("<f", struct.pack("<f", value))[0] if kind == "float" else value
        return "f" + struct.pack(">d", float(value)).hex()
    if kind == "string":
        return "x" + value.encode("utf-8").hex()
    if kind in ("bytes", "fixed"):
        return "x" + value.hex()
    if kind == "enum":
        return value
    if kind == "array":
        return "[" + ",".join(text(schema.items, item) for item in value) + "]"
    if kind == "map":
        return "{" + ",".join(sorted("x" + key.encode("utf-8").hex() + ":" + text(schema.values, item) for key, item in value.items())) + "}"
    return "(" + ",".join(text(field.type, value[field.name]) for field in schema.fields) + ")"


def fits(schema, value):
    kind = schema.type
    if value is None:
        return kind == "null"
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, (int, float)):
        return kind in ("int", "long", "float", "double")
    if isinstance(value, str):
        return kind == "string" or (kind == "enum" and value in schema.symbols)
    if isinstance(value, bytes):
        return kind in ("bytes", "fixed")
    if isinstance(value, list):
        return kind == "array"
    return kind in ("map", "record")


def make(schema):
    kind = schema.type
    if kind == "union":
        return make(chance.choice(schema.schemas))
    if kind == "null":
        return None
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "int":
        return chance.randrange(-(1 << 31), 1 << 31) >> chance.randrange(32)
    if kind == "long":
        return chance.randrange(-(1 << 63), 1 << 63) >> chance.randrange(64)
    if kind == "float":
        return struct.unpack("<f", struct.pack("<f", chance.uniform(-1e6, 1e6)))[0]
    if kind == "double":
        return chance.uniform(-1e300, 1e300)
    if kind == "string":
        return "".join(chance.choice("abc é漢😀") for _ in range(chance.choice((0, 1, 5, 70))))
    if kind == "bytes":
        return chance.randbytes(chance.choice((0, 1, 40)))
    if kind == "fixed":
        return chance.randbytes(schema.size)
    if kind == "enum":
        return chance.choice(schema.symbols)
    if kind == "array":
        return [make(schema.items) for _ in range(chance.choice((0, 1, 4)))]
    if kind == "map":
        return {"k%d" % i: make(schema.values) for i in range(chance.choice((0, 1, 4)))}
    return {field.name: make(field.type) for field in schema.fields}


def answer(writer, reader, given):
    if given is None:
        buffer = io.BytesIO()
        avro.io.DatumWriter(writer).write(make(writer), avro.io.BinaryEncoder(buffer))
        record = buffer.getvalue()
        reply = {"h": record.hex()}
    else:
        record = bytes.fromhex(given)
        reply = {}
    decoder = Decoder(record)
    try:
        value = Reader(writer, reader).read(decoder)
        if decoder.at() != len(record):
            raise EOFError("read %d of %d bytes" % (decoder.at(), len(record)))
        reply["t"] = text(reader, value)
    except Exception as error:
        reply["e"] = "%s: %s" % (type(error).__name__, error)
    if decoder.odd:
        reply["o"] = sorted(decoder.odd)
    return reply


with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in lines:
        pair = json.loads(line)
        writer, reader = avro.schema.parse(pair["writer"]), avro.schema.parse(pair["reader"])
        out.write(json.dumps([answer(writer, reader, record) for record in pair["records"]]) + "\n")
