//! The audit log is read by who did something and by what was done, and trimmed by age.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [
            ("ix_audit_entry_actor", "actor"),
            ("ix_audit_entry_action", "action"),
        ] {
            let mut index = Index::create();
            index.name(name).table("audit_entry").col(column).col("id");
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
