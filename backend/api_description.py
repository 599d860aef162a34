"""The OpenAPI 3.1 document: title, security schemes, and the problems every operation can answer."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from backend.settings import Settings


def openapi_config(settings: Settings) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="fracture-diary",
        version="1",
        path="/api",
        security=[{"bearer": []}, {"cookie": []}],
        components=Components(security_schemes={
            "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
            "cookie": SecurityScheme(type="apiKey", name="session", security_scheme_in="cookie"),
        }),
    )
