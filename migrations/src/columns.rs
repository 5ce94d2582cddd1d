//! How columns are written in every step. What a name means never changes: shipped steps use it.

use sea_orm_migration::prelude::*;

pub fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}
pub fn maybe_id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().to_owned()
}
pub fn pk() -> ColumnDef {
    id("id").primary_key().to_owned()
}
pub fn text(name: &'static str, most: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(most).not_null().to_owned()
}
pub fn maybe_text(name: &'static str, most: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(most).to_owned()
}
pub fn long_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}
pub fn at(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().not_null().to_owned()
}
pub fn maybe_at(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().to_owned()
}
pub fn int(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().to_owned()
}
pub fn maybe_int(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().to_owned()
}
pub fn big(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}
pub fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(false).to_owned()
}
pub fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).binary().not_null().to_owned()
}
pub fn refers(from_table: &'static str, column: &'static str, to_table: &'static str) -> ForeignKeyCreateStatement {
    // Restrict: what a person or a company did is never deleted from under its history.
    ForeignKey::create()
        .name(format!("fk_{from_table}_{column}"))
        .from(from_table, column)
        .to(to_table, "id")
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned()
}
pub fn table(
    name: &'static str,
    columns: Vec<ColumnDef>,
    references: &[(&'static str, &'static str)],
) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    for mut column in columns {
        table.col(&mut column);
    }
    for (column, to) in references {
        table.foreign_key(&mut refers(name, column, to));
    }
    table
}
