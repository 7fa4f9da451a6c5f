-- POSTs a snapshot of room-1 (wrk itself counts answers that are not 2xx).
wrk.method = "POST"
wrk.path = "/api/v1/rooms/room-1/snapshots"
wrk.body = '{"title":"Benchmark"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
