"""HTTP in and out of the devices that one is pushed to."""

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.reach.device_schemas import Devices, DeviceView, DeviceWrite, PushServices, PushTrial
from backend.reach.devices import end_device, keep_device, own_devices, try_out
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from notifications.channels.push import PushChannel


class PushDeviceController(Controller):
    path = "/api/v1/me/push-devices"
    tags = ["reach"]

    @get("/", operation_id="ListPushDevices", action=Action.PUSH_DEVICE_KEEP)
    async def show(self, actor: CurrentActor, now: Now) -> Devices:
        """List one's own devices that are pushed to."""
        return Devices([DeviceView.of(one, actor.session_id) for one in await own_devices(actor, now)])

    @put("/{installation_id:str}", operation_id="KeepPushDevice", action=Action.PUSH_DEVICE_KEEP)
    async def keep(
        self, wiring: CurrentWiring, actor: CurrentActor, installation_id: FromPath[str],
        data: JSONBody[DeviceWrite], now: Now,
    ) -> DeviceView:
        """Register this installation of the app, or this browser; an app does so at each start."""
        device = await keep_device(actor, _push(wiring), installation_id, data, now)
        return DeviceView.of(device, actor.session_id)

    @delete("/{installation_id:str}", operation_id="EndPushDevice", action=Action.PUSH_DEVICE_END)
    async def end(self, actor: CurrentActor, installation_id: FromPath[str], now: Now) -> None:
        """Have nothing pushed to this installation any more; signing out does the same."""
        await end_device(actor, installation_id, now)

    @post("/{installation_id:str}/test", operation_id="TryPushDevice", action=Action.PUSH_DEVICE_KEEP, status_code=200)
    async def try_it(
        self, wiring: CurrentWiring, actor: CurrentActor, installation_id: FromPath[str], now: Now
    ) -> PushTrial:
        """Ask its push service whether it would take something for this installation now."""
        app_name = wiring.settings.app_name
        return PushTrial.of(await try_out(actor, _push(wiring), wiring.seal, installation_id, app_name, now))


class PushServicesController(Controller):
    path = "/api/v1/push-services"
    tags = ["reach"]

    @get("/", operation_id="ReadPushServices", action=Action.PUSH_DEVICE_KEEP)
    async def show(self, wiring: CurrentWiring) -> PushServices:
        """Read which push services are set up here, and the key with which a browser subscribes."""
        push = _push(wiring)
        return PushServices(push.services, push.web_push_key) if push else PushServices([], None)


def _push(wiring: Wiring) -> PushChannel | None:
    return next((channel for channel in wiring.channels if isinstance(channel, PushChannel)), None)
