"""The steps as Prefect tasks, so that the UI tells the story; and the steps over the real ports, opened when used."""

from __future__ import annotations

from prefect.runtime import flow_run

from evidence.checker_client import examine_in_child
from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.record.stores import open_stores
from storage.secrets.configured_keys import service_signer
from storage.settings import read_settings
from tasks.guard import guarded, retrying
from tasks.step import step
from tasks.steps import Steps


class PrefectSteps(Steps):
    """The steps, each side effect a task of its flow run; reads are not tasks, for each task takes time."""

    read_history = retrying(guarded(Steps.read_history))
    read_seals = retrying(guarded(Steps.read_seals))
    read_seal = retrying(guarded(Steps.read_seal))
    read_register = retrying(guarded(Steps.read_register))
    check_return = step("check the return")(Steps.check_return)
    store_document = step("store the document")(Steps.store_document)
    store_draft = step("render and store the draft")(Steps.store_draft)
    store_plan = step("store the plan and its calendar")(Steps.store_plan)
    publish = step("publish the approved files")(Steps.publish)
    withdraw = step("withdraw everything that is public")(Steps.withdraw)
    refresh_index = step("refresh the public index")(Steps.refresh_index)
    restore_index = step("put the public index right")(Steps.restore_index)
    end_links = step("end the links of checks that are over")(Steps.end_links)
    append = step("append to the ledger")(Steps.append)
    announce = step("announce the entry")(Steps.announce)


def open_steps() -> PrefectSteps:
    """Open the steps over the S3 server and Prefect server of the settings."""
    settings = read_settings()
    announcer = PrefectServer(settings, flow_run.id)
    return PrefectSteps(open_stores(settings), announcer, examine_in_child, utc_now, service_signer(settings))
