//! The one list of commands and events, and the TypeScript that is generated from it.
//!
//! `ui/src/api/bindings.ts` is committed; a test fails when it is stale, and another when `permissions/commands.toml`
//! does not allow exactly these commands.

use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{
    commands::{board, contact, dashboards, imports, insights, listing, mapping, review, shell, sync, tickets},
    events,
};

/// Every command and every event.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        // What goes in and what comes out are one type on the TypeScript side.
        .disable_serde_phases()
        .commands(collect_commands![
            shell::app_state,
            shell::show_window,
            shell::unlock,
            shell::start_demo,
            shell::leave_demo,
            shell::set_aside_database,
            shell::connect,
            shell::begin_sign_in,
            shell::finish_sign_in,
            shell::cancel_sign_in,
            shell::sign_in_again,
            shell::profiles,
            shell::switch_profile,
            shell::add_profile,
            shell::disconnect,
            board::reference,
            board::set_preferences,
            board::board,
            board::column_page,
            board::cards,
            board::ticket,
            board::search,
            board::check_move,
            listing::list_page,
            listing::list_sums,
            listing::list_cards,
            listing::export_list,
            tickets::move_tickets,
            tickets::promote_ticket,
            tickets::edit_field,
            tickets::assign_owner,
            tickets::add_note,
            tickets::add_task,
            tickets::schedule_meeting,
            tickets::complete_task,
            tickets::log_call,
            tickets::create_ticket,
            tickets::link_contact,
            tickets::find_companies,
            tickets::contacts_of,
            tickets::add_to_list,
            tickets::remove_from_list,
            tickets::lists,
            tickets::resolve_conflicts,
            tickets::undo,
            tickets::redo,
            tickets::undo_operation,
            mapping::mapping,
            mapping::check_mapping,
            mapping::save_mapping,
            mapping::read_setup,
            mapping::create_missing_field,
            mapping::export_mapping,
            mapping::import_mapping,
            insights::funnel_report,
            insights::times_report,
            insights::forecast_report,
            insights::win_loss_report,
            insights::sources_report,
            insights::agents_report,
            insights::imports_report,
            insights::insights_choices,
            insights::report_rows,
            dashboards::dashboards,
            dashboards::save_dashboard,
            dashboards::delete_dashboard,
            dashboards::save_report,
            imports::import_upload,
            imports::imports,
            imports::import_draft,
            imports::import_set_mapping,
            imports::import_set_provider,
            imports::import_plan,
            imports::import_plan_view,
            imports::import_rows,
            imports::import_run,
            imports::import_pause,
            imports::import_resume,
            imports::import_cancel,
            imports::import_undo,
            imports::import_error_file,
            imports::import_rules,
            imports::set_import_rules,
            imports::import_mappings,
            imports::import_mapping_json,
            imports::read_import_mapping,
            imports::saved_mapping_rules,
            imports::set_saved_mapping,
            imports::rename_import_mapping,
            imports::delete_import_mapping,
            contact::contact_person,
            contact::same_person,
            contact::lift_do_not_contact,
            review::review_queue,
            review::review_counts,
            review::review_detail,
            review::decide_review,
            review::review_bulk_preview,
            review::review_bulk_accept,
            review::assign_review,
            review::merge_tickets,
            review::keep_apart,
            review::kept_apart,
            review::take_back_apart,
            review::find_duplicates,
            sync::outbox,
            sync::conflicts,
            sync::retry_entry,
            sync::retry_all,
            sync::discard_entry,
            sync::recreate_entry,
            sync::set_outbox_paused,
            sync::sync_health,
            sync::sync_differences,
            sync::export_sync_log,
            sync::save_sync_log,
            sync::confirm_missing,
            sync::keep_missing,
            sync::sync_status,
            sync::sync_now,
            sync::open_in_halo,
        ])
        .events(collect_events![
            events::ChangedEvent,
            events::SyncEvent,
            events::AlertEvent,
            events::ImportEvent,
            events::PhaseEvent
        ])
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// The generator knows arguments as JSON alone.
    const BYTES: &str = r"/** Calls a command that takes bytes, with what its headers say of them. */
export const sendBytes = <T, E>(command: string, bytes: Uint8Array, headers: Record<string, string>) =>
	typedError<T, E>(__TAURI_INVOKE(command, bytes, { headers }));
";

    fn generated() -> anyhow::Result<String> {
        let scratch = tempfile::tempdir()?;
        let path = scratch.path().join("bindings.ts");
        builder().export(specta_typescript::Typescript::default().header(BYTES), &path)?;
        Ok(fs::read_to_string(path)?)
    }

    fn in_the_repository(path: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    /// `UPDATE_BINDINGS=1 cargo test -p leadline --features custom-protocol bindings` rewrites the file.
    #[test]
    fn the_typescript_bindings_are_fresh() -> anyhow::Result<()> {
        let path = in_the_repository("ui/src/api/bindings.ts");
        let fresh = generated()?;
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            fs::write(&path, &fresh)?;
        }
        assert!(
            fs::read_to_string(&path)? == fresh,
            "ui/src/api/bindings.ts is stale: run UPDATE_BINDINGS=1 cargo test -p leadline --features custom-protocol bindings"
        );
        Ok(())
    }

    #[test]
    fn the_window_may_call_exactly_the_commands_there_are() -> anyhow::Result<()> {
        let bindings = generated()?;
        let called: BTreeSet<&str> = bindings
            .split("__TAURI_INVOKE(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let permissions = fs::read_to_string(in_the_repository("src-tauri/app/permissions/commands.toml"))?;
        let allowed: BTreeSet<&str> = permissions
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
            .collect();
        assert_eq!(called, allowed);
        assert!(allowed.len() > 30, "the list was read");
        Ok(())
    }
}
