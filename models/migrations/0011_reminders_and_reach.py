"""Where people are reached, how far a notice got, what they wish, visits grown up, and what staff do about silence."""

import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from models.fields import UtcDatetimeField, new_id
from models.vocabulary import (
    AttemptState,
    ContactWay,
    DayAnchor,
    DeliveryState,
    NoticeRank,
    PushEnvironment,
    PushProvider,
    VisitCancelReason,
    WorkItemClosing,
    WorkItemKind,
)

ONE_ROW_PER_CHANNEL = """
UPDATE notice_attempt SET tries = (SELECT count(*) FROM notice_attempt AS other
  WHERE other.notice_id = notice_attempt.notice_id AND other.channel = notice_attempt.channel);
DELETE FROM notice_attempt WHERE EXISTS (SELECT 1 FROM notice_attempt AS later
  WHERE later.notice_id = notice_attempt.notice_id AND later.channel = notice_attempt.channel
    AND (later.at > notice_attempt.at OR (later.at = notice_attempt.at AND later.id > notice_attempt.id)));
UPDATE notice_attempt SET state = CASE WHEN outcome = 'accepted' THEN 'accepted' WHEN outcome = 'failed' AND EXISTS (
  SELECT 1 FROM notice WHERE notice.id = notice_attempt.notice_id AND notice.state = 'queued') THEN 'queued'
  ELSE 'failed' END;
UPDATE notice SET told_at = (SELECT min(at) FROM notice_attempt
  WHERE notice_attempt.notice_id = notice.id AND notice_attempt.state = 'accepted');
"""
AS_IT_WAS = """
UPDATE notice_attempt SET outcome = CASE WHEN state = 'failed' THEN 'refused'
  WHEN state IN ('queued', 'sent') THEN 'failed' ELSE 'accepted' END;
"""
COUNTED_BY = """
UPDATE visit SET protocol_hash = (SELECT hash FROM study_protocol ORDER BY loaded_at DESC, hash LIMIT 1)
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0010_guards_of_depth')]

    operations = [
        ops.CreateModel(
            name='AnchorDay',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.BigIntField()),
                ('anchor', fields.CharEnumField(description='', enum_type=DayAnchor, max_length=20)),
                ('on_day', fields.DateField()),
                ('recorded_by_id', fields.UUIDField()),
                ('recorded_at', UtcDatetimeField()),
            ],
            options={'table': 'anchor_day', 'app': 'models', 'unique_together': (('participant', 'anchor'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('secret_hash', fields.CharField(unique=True, max_length=64)),
                ('shows_details', fields.BooleanField(default=False)),
                ('created_at', UtcDatetimeField()),
                ('revoked_at', UtcDatetimeField(null=True)),
                ('last_read_at', UtcDatetimeField(null=True)),
            ],
            options={'table': 'calendar_feed', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='PhoneCode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('state', fields.CharEnumField(default=DeliveryState.QUEUED, description='', enum_type=DeliveryState, max_length=10)),
                ('attempts', fields.IntField(default=0)),
                ('due_at', UtcDatetimeField()),
                ('leased_until', UtcDatetimeField(null=True)),
                ('fence', fields.UUIDField(null=True)),
                ('delivered_at', UtcDatetimeField(null=True)),
                ('last_error', fields.CharField(null=True, max_length=200)),
                ('created_at', UtcDatetimeField()),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('phone', fields.CharField(max_length=20)),
                ('tries', fields.SmallIntField(default=0, db_default=0)),
                ('expires_at', UtcDatetimeField()),
                ('used_at', UtcDatetimeField(null=True)),
            ],
            options={'table': 'phone_code', 'app': 'models', 'pk_attr': 'id'},
            bases=['Delivery'],
        ),
        ops.CreateModel(
            name='ProviderToken',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=120)),
                ('sealed_token', fields.TextField(unique=False)),
                ('issued_at', UtcDatetimeField()),
                ('expires_at', UtcDatetimeField()),
            ],
            options={'table': 'provider_token', 'app': 'models', 'pk_attr': 'name'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushDevice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('session_id', fields.UUIDField(null=True, db_index=True)),
                ('installation_id', fields.CharField(max_length=64)),
                ('service', fields.CharEnumField(description='', enum_type=PushProvider, max_length=10)),
                ('environment', fields.CharEnumField(default=PushEnvironment.PRODUCTION, description='', enum_type=PushEnvironment, max_length=12)),
                ('token', fields.CharField(db_index=True, max_length=2048)),
                ('keys', fields.JSONField(default=dict, db_default='{}', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('registered_at', UtcDatetimeField()),
                ('last_seen_at', UtcDatetimeField()),
                ('last_ok_at', UtcDatetimeField(null=True)),
                ('last_error', fields.CharField(null=True, max_length=200)),
                ('ended_at', UtcDatetimeField(null=True)),
                ('end_reason', fields.CharField(null=True, max_length=40)),
            ],
            options={'table': 'push_device', 'app': 'models', 'unique_together': (('installation_id', 'service', 'environment'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ReminderPlan',
            fields=[
                ('guardianship_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('participant_seq', fields.BigIntField()),
                ('timezone', fields.CharField(max_length=64)),
                ('wishes_at', UtcDatetimeField(null=True)),
                ('protocol_hash', fields.CharField(max_length=64)),
                ('next_at', UtcDatetimeField(db_index=True)),
            ],
            options={'table': 'reminder_plan', 'app': 'models', 'pk_attr': 'guardianship_id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkItem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('site', fields.ForeignKeyField('models.Site', source_field='site_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=WorkItemKind, max_length=20)),
                ('slot', fields.CharField(max_length=40)),
                ('seq', fields.BigIntField()),
                ('opened_at', UtcDatetimeField()),
                ('due_at', UtcDatetimeField()),
                ('owner', fields.ForeignKeyField('models.Account', source_field='owner_id', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('closing', fields.CharEnumField(null=True, description='', enum_type=WorkItemClosing, max_length=20)),
                ('closed_at', UtcDatetimeField(null=True)),
                ('closed_by_id', fields.UUIDField(null=True)),
            ],
            options={'table': 'work_item', 'app': 'models', 'unique_together': (('participant', 'kind', 'slot'),), 'indexes': [Index(fields=['site_id', 'closed_at', 'due_at'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='WorkItemContact',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('work_item', fields.ForeignKeyField('models.WorkItem', source_field='work_item_id', db_index=True, db_constraint=True, to_field='id', related_name='contacts', on_delete=OnDelete.RESTRICT)),
                ('way', fields.CharEnumField(description='', enum_type=ContactWay, max_length=20)),
                ('reached', fields.BooleanField()),
                ('note', fields.CharField(default='', max_length=500)),
                ('by_id', fields.UUIDField()),
                ('at', UtcDatetimeField()),
            ],
            options={'table': 'work_item_contact', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Account',
            name='mail_refused_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Account',
            name='phone',
            field=fields.CharField(null=True, max_length=20),
        ),
        ops.AddField(
            model_name='Notice',
            name='done_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Notice',
            name='rank',
            field=fields.SmallIntField(default=NoticeRank.OTHER, db_default=2),
        ),
        ops.AddField(
            model_name='Notice',
            name='told_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Notice',
            name='useless_after',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='delivered_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='opened_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='provider_id',
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='segments',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='state',
            field=fields.CharEnumField(default=AttemptState.QUEUED, description='', db_default='queued', enum_type=AttemptState, max_length=12),
        ),
        ops.AddField(
            model_name='NoticeAttempt',
            name='tries',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AlterField(
            model_name='NoticeAttempt',
            name='outcome',
            field=fields.CharField(null=True, max_length=20),
        ),
        ops.RunSQL(ONE_ROW_PER_CHANNEL, AS_IT_WAS),
        ops.RemoveField(model_name='NoticeAttempt', name='outcome'),
        ops.AddIndex(
            model_name='NoticeAttempt',
            index=Index(fields=['channel', 'at']),
        ),
        ops.AddIndex(
            model_name='NoticeAttempt',
            index=Index(fields=['provider_id']),
        ),
        ops.AddConstraint(
            model_name='NoticeAttempt',
            constraint=UniqueConstraint(fields=('notice', 'channel'), name=None),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='away_from',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='away_until',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='by_kind',
            field=fields.JSONField(default=dict, db_default='{}', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='changed_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='digest_weekday',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='fallback',
            field=fields.JSONField(default=list, db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='hour',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='push_on',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='sms_on',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='NoticePreference',
            name='weekday',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='Visit',
            name='bring',
            field=fields.JSONField(default=list, db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Visit',
            name='cancel_reason',
            field=fields.CharEnumField(null=True, description='', enum_type=VisitCancelReason, max_length=20),
        ),
        ops.AddField(
            model_name='Visit',
            name='changed_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Visit',
            name='protocol_hash',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Visit',
            name='sequence',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Visit',
            name='unscheduled',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL(COUNTED_BY, 'UPDATE visit SET protocol_hash = NULL'),
    ]
