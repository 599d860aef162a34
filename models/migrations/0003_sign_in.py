from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete

from models.fields import UtcDatetimeField, new_id
from models.vocabulary import DeliveryState, LinkPurpose, MailKind


class Migration(migrations.Migration):
    dependencies = [('models', '0002_guards')]

    operations = [
        ops.CreateModel(
            name='AccountMail',
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
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='', enum_type=MailKind, max_length=20)),
                ('address', fields.CharField(max_length=254)),
                ('sealed_link', fields.TextField(null=True, unique=False)),
                ('useless_after', UtcDatetimeField(null=True)),
            ],
            options={'table': 'account_mail', 'app': 'models', 'pk_attr': 'id'},
            bases=['Delivery'],
        ),
        ops.CreateModel(
            name='MailedLink',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharEnumField(description='', enum_type=LinkPurpose, max_length=20)),
                ('email', fields.CharField(max_length=254)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('created_at', UtcDatetimeField()),
                ('expires_at', UtcDatetimeField()),
                ('used_at', UtcDatetimeField(null=True)),
            ],
            options={'table': 'mailed_link', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Session',
            name='proved_at',
            field=UtcDatetimeField(null=True),
        ),
    ]
