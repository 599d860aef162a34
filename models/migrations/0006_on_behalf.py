from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete

from models.fields import UtcDatetimeField, new_id
from models.vocabulary import DoseRoute, EntrySource


class Migration(migrations.Migration):
    dependencies = [('models', '0005_status_and_consent')]

    operations = [
        ops.CreateModel(
            name='Dose',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('participant', fields.ForeignKeyField('models.Participant', source_field='participant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.BigIntField()),
                ('number', fields.SmallIntField()),
                ('given_on', fields.DateField()),
                ('route', fields.CharEnumField(null=True, description='', enum_type=DoseRoute, max_length=20)),
                ('recorded_by_id', fields.UUIDField()),
                ('recorded_at', UtcDatetimeField()),
            ],
            options={'table': 'dose', 'app': 'models', 'unique_together': (('participant', 'number'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='DiaryEntry',
            name='source',
            field=fields.CharEnumField(default=EntrySource.APP, description='', db_default='app', enum_type=EntrySource, max_length=20),
        ),
        ops.AlterField(
            model_name='EntryRevision',
            name='session_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='EntryRevision',
            name='originator_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='EntryRevision',
            name='source',
            field=fields.CharEnumField(default=EntrySource.APP, description='', db_default='app', enum_type=EntrySource, max_length=20),
        ),
        ops.AddField(
            model_name='QuarantinedItem',
            name='app_version',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='QuarantinedItem',
            name='clock_skew',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='QuarantinedItem',
            name='form_schema',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name='QuarantinedItem',
            name='replica_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='QuarantinedItem',
            name='session_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Study',
            name='clock_offset',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Study',
            name='sandbox',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
