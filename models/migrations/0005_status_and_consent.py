import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete

from models.fields import UtcDatetimeField, new_id
from models.vocabulary import Arm, Collection, ConsentAudience, ConsentDecision, ConsentMethod, ParticipantKind, ParticipantState, Relation, StatusReason


class Migration(migrations.Migration):
    dependencies = [('models', '0004_families')]

    operations = [
        ops.CreateModel(
            name='ConsentDocument',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.CharField(max_length=20)),
                ('audience', fields.CharEnumField(description='', enum_type=ConsentAudience, max_length=10)),
                ('site', fields.ForeignKeyField('models.Site', source_field='site_id', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('arm', fields.CharEnumField(null=True, description='', enum_type=Arm, max_length=30)),
                ('language', fields.CharField(max_length=10)),
                ('age_from', fields.SmallIntField(null=True)),
                ('age_to', fields.SmallIntField(null=True)),
                ('title', fields.CharField(max_length=200)),
                ('body', fields.TextField(unique=False)),
                ('body_hash', fields.CharField(max_length=64)),
                ('valid_from', UtcDatetimeField()),
                ('required_from', UtcDatetimeField(null=True)),
                ('created_by_id', fields.UUIDField()),
                ('created_at', UtcDatetimeField()),
            ],
            options={'table': 'consent_document', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ConsentSignature',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.BigIntField()),
                ('document', fields.ForeignKeyField('models.ConsentDocument', source_field='document_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('document_hash', fields.CharField(max_length=64)),
                ('relation', fields.CharEnumField(description='', enum_type=Relation, max_length=30)),
                ('signer_id', fields.UUIDField(null=True)),
                ('decision', fields.CharEnumField(description='', enum_type=ConsentDecision, max_length=10)),
                ('method', fields.CharEnumField(description='', enum_type=ConsentMethod, max_length=10)),
                ('signed_at', UtcDatetimeField()),
                ('recorded_by_id', fields.UUIDField()),
                ('recorded_at', UtcDatetimeField()),
            ],
            options={'table': 'consent_signature', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ParticipantStatus',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_index=True, db_constraint=True, to_field='id', related_name='status_history', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.BigIntField()),
                ('state', fields.CharEnumField(description='', enum_type=ParticipantState, max_length=20)),
                ('effective_on', fields.DateField()),
                ('reason', fields.CharEnumField(description='', enum_type=StatusReason, max_length=30)),
                ('recorded_by_id', fields.UUIDField()),
                ('recorded_at', UtcDatetimeField()),
                ('from_site_id', fields.UUIDField(null=True)),
                ('to_site_id', fields.UUIDField(null=True)),
            ],
            options={'table': 'participant_status', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Participant',
            name='collection',
            field=fields.CharEnumField(default=Collection.OPEN, description='', db_default='open', enum_type=Collection, max_length=20),
        ),
        ops.AddField(
            model_name='Participant',
            name='custodians',
            field=fields.JSONField(default=list, db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Participant',
            name='dissented_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Participant',
            name='settle_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Participant',
            name='kind',
            field=fields.CharEnumField(default=ParticipantKind.CHILD, description='', db_default='child', enum_type=ParticipantKind, max_length=10),
        ),
        ops.AddField(
            model_name='Participant',
            name='woman',
            field=fields.ForeignKeyField('models.Participant', source_field='woman_id', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT),
        ),
    ]
