"""Avro by the Avro project's own Python library. Reads lines {"writer","reader","hex"} and prints a line for each: {"hex","text"}.

Without "hex" it makes a random record of its own. The text is that of BoundSchema in the tests.
"""
import io
import json
import random
import struct
import sys

import avro.io
import avro.schema

chance = random.Random(11)


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


for line in sys.stdin:
    one = json.loads(line)
    writer, reader = avro.schema.parse(one["writer"]), avro.schema.parse(one["reader"])
    if one["hex"] is None:
        buffer = io.BytesIO()
        avro.io.DatumWriter(writer).write(make(writer), avro.io.BinaryEncoder(buffer))
        record = buffer.getvalue()
    else:
        record = bytes.fromhex(one["hex"])
    reply = {"hex": record.hex()}
    try:
        reply["text"] = text(reader, avro.io.DatumReader(writer, reader).read(avro.io.BinaryDecoder(io.BytesIO(record))))
    except Exception as error:
        reply["error"] = "%s: %s" % (type(error).__name__, error)
    print(json.dumps(reply), flush=True)
