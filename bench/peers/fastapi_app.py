"""The peer's service: FastAPI + SQLite records + Celery on Redis, as such a snapshot endpoint is usually written.

POST /api/v1/rooms/{room_id}/snapshots checks the token and the membership, stores the record durably, enqueues the work and answers 201.
"""
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import threading
import time
import uuid

from celery_app import snapshot as snapshot_task
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

SECRET = os.environ["GALLEY_JWT_SECRET"].encode()
MEMBERS = {("room-1", "ingrid@fjordline.example"): "broker"}
app = FastAPI()
local = threading.local()


def database():
    """One connection a thread, as SQLite wants it; writers wait for each other."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(os.environ["PEER_DATABASE"], timeout=60)
        local.db.execute("PRAGMA journal_mode=WAL")
        local.db.execute("PRAGMA synchronous=FULL")
    return local.db


database().execute(
    "CREATE TABLE IF NOT EXISTS snapshot(id TEXT PRIMARY KEY, room_id TEXT, title TEXT, created_by TEXT, created_at TEXT, status TEXT)")


class NewSnapshot(BaseModel):
    title: str
    snapshot_type: str = "pdf"
    include_documents: bool = True
    include_activity: bool = True
    include_approvals: bool = True


def unpad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def caller(authorization):
    try:
        head, body, signature = authorization.removeprefix("Bearer ").split(".")
        want = hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest()
        claims = json.loads(unpad(body))
        if hmac.compare_digest(want, unpad(signature)) and claims["exp"] > time.time():
            return claims["sub"]
    except (ValueError, KeyError):
        pass
    raise HTTPException(401)


@app.get("/health/live")
async def live():
    return {"status": "live"}


@app.post("/api/v1/rooms/{room_id}/snapshots", status_code=201)
def create(room_id: str, body: NewSnapshot, authorization: str = Header()):
    who = caller(authorization)
    if (room_id, who) not in MEMBERS:
        raise HTTPException(404)
    snapshot_id = "snap-" + uuid.uuid4().hex
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with database() as db:
        db.execute("INSERT INTO snapshot VALUES(?,?,?,?,?,?)", (snapshot_id, room_id, body.title, who, now, "generating"))
    snapshot_task.delay(snapshot_id)
    return {"id": snapshot_id, "room_id": room_id, "title": body.title, "created_by": who, "created_at": now,
            "status": "generating", "file_size": 0, "snapshot_type": "pdf", "task_id": "snapshot-" + snapshot_id,
            "content_hash": None, "download_url": f"/api/v1/rooms/{room_id}/snapshots/{snapshot_id}/download"}
