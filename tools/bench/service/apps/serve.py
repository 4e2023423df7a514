"""Serve one of these applications with the settings that the baked service gives uvicorn."""

import argparse
import importlib

import uvicorn  # ty: ignore[import-not-found]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("module", help="has create_app, and LOGGING if it wants an access log")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    logging = getattr(importlib.import_module(options.module), "LOGGING", None)
    uvicorn.run(
        f"{options.module}:create_app",
        factory=True,
        port=options.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=logging,
        access_log=logging is not None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
