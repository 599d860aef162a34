import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index

from models.fields import UtcDatetimeField, new_id


class Migration(migrations.Migration):
    dependencies = [('models', '0003_sign_in')]

    operations = [
        ops.CreateModel(
            name='PrivateNote',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('entry_id', fields.UUIDField(null=True)),
                ('sealed_text', fields.TextField(unique=False)),
                ('created_at', UtcDatetimeField()),
                ('changed_at', UtcDatetimeField()),
            ],
            options={'table': 'private_note', 'app': 'models', 'indexes': [Index(fields=['account_id', 'participant_id', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Guardianship',
            name='court_order_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='Guardianship',
            name='invited_by_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Guardianship',
            name='locked_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='LinkingCode',
            name='by_family',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='LinkingCode',
            name='capabilities',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='LinkingCode',
            name='guardianship_ends_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='LinkingCode',
            name='guardianship_starts_at',
            field=UtcDatetimeField(null=True),
        ),
        ops.AddField(
            model_name='LinkingCode',
            name='replaces_id',
            field=fields.UUIDField(null=True),
        ),
    ]
