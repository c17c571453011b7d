//! A file before it is planned: where it lies, how it is read, which column holds what.
//!
//! The window hands a file over in slices, which are put together in the home's folder for that; the command line names
//! a path. A file that was handed over is deleted when it has been run, when it is given up, and at the next start.
//!
//! Long because all that can be said of a file before it is planned stands here, the mappings that are kept included.

use std::{
    collections::BTreeSet,
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use domain::{ImportId, fields::InputContext};
use serde::{Deserialize, Serialize};
use store::{ImportRecord, ImportState, NewImport};

use super::{
    Cleaner, Mapping, Opened, Proposal, RawRow, Read, Recognised, Target,
    mapping::{Saved, propose},
    read,
    runs::refused,
};
use crate::{
    Engine, Problem, settings,
    views::{DraftColumn, DraftOptions, ImportDraft, PreviewRow, SavedMapping, SavedRules, TargetOption},
};

/// Rows that are looked at to find out what a column holds.
const SAMPLE: usize = 200;

/// Rows that are shown as they would come in.
const PREVIEW: usize = 20;

/// Cells that are shown of a column.
const SAMPLES: usize = 3;

/// A cell is shown up to here.
const CELL: usize = 120;

/// What is kept of a file while it is prepared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    pub options: DraftOptions,
    /// As a person left it; found by the headers until then.
    pub mapping: Option<Mapping>,
    /// The provider that a person named.
    pub provider: Option<String>,
    /// The columns as they were found, for the file of errors and to tell what a person changed.
    pub headers: Vec<String>,
    /// By which the same file is known again.
    pub fingerprint: String,
}

impl Draft {
    /// The mapping, with the country that a person named for this file.
    pub fn in_its_country(&self, mut mapping: Mapping) -> Mapping {
        if self.options.default_country.is_some() {
            mapping.country.clone_from(&self.options.default_country);
        }
        mapping
    }

    pub fn of(record: &ImportRecord) -> anyhow::Result<Self> {
        if record.draft.is_empty() {
            return Ok(Self::default());
        }
        Ok(serde_json::from_str(&record.draft)?)
    }
}

/// A mapping that is kept, and when it was used last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptMapping {
    #[serde(flatten)]
    saved: Saved,
    #[serde(default)]
    used_at: Option<DateTime<Utc>>,
}

impl KeptMapping {
    fn view(&self) -> SavedMapping {
        let mapping = &self.saved.mapping;
        let columns: BTreeSet<&str> = mapping.columns().collect();
        SavedMapping {
            signature: self.saved.signature.clone(),
            name: mapping.name.clone(),
            provider: mapping.provider.clone(),
            columns: u32::try_from(columns.len()).unwrap_or(u32::MAX),
            used_at: self.used_at,
        }
    }
}

/// A file that is handed over.
#[derive(Clone, Debug)]
pub struct IncomingFile<'a> {
    pub path: &'a Path,
    /// Its own name, where the path is only where it is kept.
    pub name: &'a str,
    /// By which the same file is known again; empty where nobody will ask.
    pub fingerprint: &'a str,
}

/// A slice of a file that the window hands over.
#[derive(Clone, Debug)]
pub struct Slice<'a> {
    /// `None` with the first.
    pub import: Option<ImportId>,
    pub name: &'a str,
    /// Where it belongs.
    pub offset: u64,
    pub bytes: &'a [u8],
}

impl Engine {
    /// Takes a file in that lies on this computer. Nothing is read yet.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_open(&self, file: &IncomingFile<'_>) -> anyhow::Result<ImportId> {
        let by = self.preferences()?.me;
        let draft = serde_json::to_string(&Draft {
            fingerprint: file.fingerprint.to_owned(),
            ..Draft::default()
        })?;
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<ImportId> {
            let import = w.add_import(&NewImport {
                file_name: file.name.to_owned(),
                path: file.path.to_string_lossy().into_owned(),
                by,
            })?;
            w.set_import_draft(import, "", &draft)?;
            Ok(import)
        })?;
        self.publish(written.changes);
        Ok(written.value)
    }

    /// Takes a slice of a file in. The first names the file and gets the number that the others carry.
    ///
    /// # Errors
    /// [`Problem::Refused`] when the slice does not continue the file; the disk's failures.
    pub fn import_upload(&self, slice: &Slice<'_>) -> anyhow::Result<ImportId> {
        let folder = self.incoming()?;
        let import = match slice.import {
            Some(import) => import,
            None => {
                let import = self.import_open(&IncomingFile {
                    path: Path::new(""),
                    name: base_name(slice.name),
                    fingerprint: "",
                })?;
                let path = folder.join(format!("{import}.import"));
                let path = path.to_string_lossy().into_owned();
                self.store()
                    .write_quiet(self.now(), |w| w.set_import_file(import, &path))?;
                import
            }
        };
        let record = self.import_record(import)?;
        if record.state != ImportState::Draft || Path::new(&record.path).parent() != Some(folder) {
            return Err(refused("This file is being imported already."));
        }
        let mut file = private_file(Path::new(&record.path))?;
        if file.metadata()?.len() != slice.offset {
            return Err(refused("A part of the file got lost on the way. Choose it again."));
        }
        file.seek(SeekFrom::End(0))?;
        if let Err(error) = file.write_all(slice.bytes) {
            // Half a slice on a full disk: the same slice can be handed over again once there is room.
            file.set_len(slice.offset).ok();
            return Err(error.into());
        }
        Ok(import)
    }

    /// A file as it is read, with what is in which column. With `options` it is read in another way from now on, and its
    /// columns are looked at anew.
    ///
    /// # Errors
    /// [`Unreadable`](super::Unreadable) when the file is no table; the disk's failures.
    pub fn import_draft(&self, import: ImportId, options: Option<DraftOptions>) -> anyhow::Result<ImportDraft> {
        let record = self.draft_record(import)?;
        let mut draft = Draft::of(&record)?;
        if let Some(options) = options {
            if options.reading() != draft.options.reading() {
                draft.mapping = None;
            }
            draft.options = options;
        }
        self.show_draft(&record, draft)
    }

    /// Maps the columns as a person wants them.
    ///
    /// # Errors
    /// As [`import_draft`](Self::import_draft).
    pub fn import_set_mapping(&self, import: ImportId, mapping: Mapping) -> anyhow::Result<ImportDraft> {
        let record = self.draft_record(import)?;
        let mut draft = Draft::of(&record)?;
        draft.mapping = Some(checked(&mapping.to_json())?);
        self.show_draft(&record, draft)
    }

    /// As [`import_set_mapping`](Self::import_set_mapping), from a document.
    ///
    /// # Errors
    /// As [`import_draft`](Self::import_draft); [`Problem::Refused`] when it is no mapping.
    pub fn import_set_mapping_json(&self, import: ImportId, document: &str) -> anyhow::Result<ImportDraft> {
        self.import_set_mapping(import, saved_mapping(document)?.mapping)
    }

    /// Says whose file it is; `None` finds out.
    ///
    /// # Errors
    /// As [`import_draft`](Self::import_draft).
    pub fn import_set_provider(&self, import: ImportId, provider: Option<String>) -> anyhow::Result<ImportDraft> {
        let record = self.draft_record(import)?;
        let mut draft = Draft::of(&record)?;
        draft.provider = provider;
        draft.mapping = None;
        self.show_draft(&record, draft)
    }

    fn draft_record(&self, import: ImportId) -> anyhow::Result<ImportRecord> {
        let record = self.import_record(import)?;
        match self.shown_state(&record) {
            ImportState::Draft | ImportState::Planned if !record.path.is_empty() => Ok(record),
            ImportState::Draft | ImportState::Planned => Err(refused("The file is no longer here. Choose it again.")),
            _ => Err(refused("This import has been run already.")),
        }
    }

    /// Keeps a draft, and shows what comes of it. A plan that was made before says nothing any more.
    fn show_draft(&self, record: &ImportRecord, mut draft: Draft) -> anyhow::Result<ImportDraft> {
        let path = Path::new(&record.path);
        let Opened {
            mut shape,
            headers,
            rows,
        } = read::open(path, &draft.options.reading())?;
        shape.name.clone_from(&record.file_name);
        let sample = sample(rows)?;
        let proposal = self.proposal(&draft, &headers, &sample)?;
        let mapping = draft.mapping.clone().unwrap_or_else(|| proposal.mapping.clone());
        let mapping = draft.in_its_country(mapping);
        draft.headers.clone_from(&headers);
        let kept = serde_json::to_string(&draft)?;
        let source = mapping.provider.clone().unwrap_or_default();
        let import = record.id;
        let was = Draft::of(record)?;
        let is_planned = record.state == ImportState::Planned && was != draft;
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            if is_planned {
                w.remove_import_plan(import, false)?;
                w.set_import_state(import, ImportState::Draft, None)?;
            }
            if was != draft || record.source != source {
                w.set_import_draft(import, &source, &kept)?;
            }
            Ok(())
        })?;
        self.publish(written.changes);
        let context = self.input_context(&self.preferences()?);
        Ok(ImportDraft {
            summary: self.import_summary(import)?,
            columns: columns(&headers, &sample, &proposal, &mapping),
            provider: mapping.provider.clone(),
            preview: preview(&headers, &sample, &mapping, &context),
            mapping,
            options: draft.options,
            targets: targets(),
            shape,
        })
    }

    /// The mapping of a file that nobody mapped.
    pub(super) fn propose_mapping(&self, draft: &Draft, headers: &[String], path: &Path) -> anyhow::Result<Proposal> {
        let sample = sample(read::open(path, &draft.options.reading())?.rows)?;
        self.proposal(draft, headers, &sample)
    }

    fn proposal(&self, draft: &Draft, headers: &[String], sample: &[RawRow]) -> anyhow::Result<Proposal> {
        let kept = self.kept_mappings()?;
        let saved: Vec<Saved> = kept.into_iter().map(|kept| kept.saved).collect();
        let country = self.preferences()?.country;
        Ok(propose(headers, sample, &saved, draft.provider.as_deref(), &country))
    }

    fn kept_mappings(&self) -> anyhow::Result<Vec<KeptMapping>> {
        Ok(self.store().setting_get(settings::IMPORT_MAPPINGS)?.unwrap_or_default())
    }

    /// The mappings that are kept, by the headers of their files; the one used last comes first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_mappings(&self) -> anyhow::Result<Vec<SavedMapping>> {
        Ok(self.kept_mappings()?.iter().map(KeptMapping::view).collect())
    }

    /// A kept mapping as a document, which another computer can read.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn import_mapping_json(&self, signature: &str) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(&self.saved(signature)?)?)
    }

    fn saved(&self, signature: &str) -> anyhow::Result<Saved> {
        let kept = self.kept_mappings()?;
        let found = kept.into_iter().find(|kept| kept.saved.signature == signature);
        Ok(found.ok_or_else(no_mapping)?.saved)
    }

    /// Reads such a document and keeps the mapping, in the place of the one for the same headers.
    ///
    /// # Errors
    /// [`Problem::Refused`] when it is none.
    pub fn read_import_mapping(&self, document: &str) -> anyhow::Result<SavedMapping> {
        let saved = saved_mapping(document)?;
        if saved.signature.is_empty() {
            return Err(refused("This mapping does not say for which headers it is."));
        }
        self.keep_mapping(saved, None)
    }

    /// A kept mapping with all that can be changed of it.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn saved_mapping_rules(&self, signature: &str) -> anyhow::Result<SavedRules> {
        let Saved {
            mut columns, mapping, ..
        } = self.saved(signature)?;
        for name in mapping.columns() {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
        }
        Ok(SavedRules {
            columns,
            mapping,
            targets: targets(),
        })
    }

    /// Changes a kept mapping. Files that were brought in with it stay as they are.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::Refused`] when the mapping says nothing.
    pub fn set_saved_mapping(&self, signature: &str, mapping: &Mapping) -> anyhow::Result<()> {
        let mapping = checked(&mapping.to_json())?;
        self.change_mapping(signature, |kept| *kept = mapping)
    }

    /// Gives a kept mapping another name.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn rename_import_mapping(&self, signature: &str, name: &str) -> anyhow::Result<()> {
        let name = domain::text::tidy_line(name);
        if name.is_empty() {
            return Err(refused("A mapping needs a name."));
        }
        self.change_mapping(signature, |kept| kept.name = name)
    }

    fn change_mapping(&self, signature: &str, change: impl FnOnce(&mut Mapping)) -> anyhow::Result<()> {
        self.change_mappings(|kept| {
            let found = kept.iter_mut().find(|kept| kept.saved.signature == signature);
            change(&mut found.ok_or_else(no_mapping)?.saved.mapping);
            Ok(())
        })
    }

    /// Forgets a mapping.
    ///
    /// # Errors
    /// The store's failures.
    pub fn delete_import_mapping(&self, signature: &str) -> anyhow::Result<()> {
        self.change_mappings(|kept| {
            kept.retain(|kept| kept.saved.signature != signature);
            Ok(())
        })
    }

    /// Keeps the mapping of a file under its headers, for the next one like it.
    pub(super) fn keep_mapping(&self, saved: Saved, used_at: Option<DateTime<Utc>>) -> anyhow::Result<SavedMapping> {
        let kept = KeptMapping { saved, used_at };
        let view = kept.view();
        self.change_mappings(|all| {
            all.retain(|other| other.saved.signature != kept.saved.signature);
            all.insert(0, kept);
            Ok(())
        })?;
        Ok(view)
    }

    fn change_mappings(&self, change: impl FnOnce(&mut Vec<KeptMapping>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            let mut kept: Vec<KeptMapping> = w.setting_get(settings::IMPORT_MAPPINGS)?.unwrap_or_default();
            change(&mut kept)?;
            w.setting_set(settings::IMPORT_MAPPINGS, &kept)?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(())
    }

    /// Clears away what an earlier window left unfinished before it was planned: nobody can go on with it.
    ///
    /// # Errors
    /// The store's failures, and the disk's.
    pub fn tidy_imports(&self) -> anyhow::Result<()> {
        for record in self.store().imports()? {
            let unfinished = matches!(record.state, ImportState::Draft | ImportState::Planning);
            // The command line may be at it this very moment.
            if unfinished && self.is_abandoned(&record) {
                self.give_up_draft(record.id)?;
            }
        }
        let Ok(folder) = self.incoming() else { return Ok(()) };
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let wanted = |record: &ImportRecord| Path::new(&record.path) == path;
            if !self.store().imports()?.iter().any(wanted) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Takes the file away that was handed over; one that a person keeps somewhere is left alone.
    pub(super) fn remove_file(&self, record: &ImportRecord) -> anyhow::Result<()> {
        let path = PathBuf::from(&record.path);
        let is_ours = self.incoming().is_ok_and(|folder| path.parent() == Some(folder));
        if !is_ours {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The file is not needed any more: the plan has everything.
    pub(super) fn forget_file(&self, record: &ImportRecord) -> anyhow::Result<()> {
        if record.path.is_empty() {
            return Ok(());
        }
        self.remove_file(record)?;
        self.store()
            .write_quiet(self.now(), |w| w.set_import_file(record.id, ""))?;
        Ok(())
    }

    /// The folder for files that are handed over, made if need be.
    fn incoming(&self) -> anyhow::Result<&Path> {
        let folder = self.inner.options.incoming.as_deref();
        let folder = folder.ok_or_else(|| refused("Files cannot be handed over here."))?;
        if !folder.is_dir() {
            fs::create_dir_all(folder)?;
            #[cfg(unix)]
            fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        }
        Ok(folder)
    }

    /// An import of the very same file that was begun and not brought to its end.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_to_resume(&self, fingerprint: &str) -> anyhow::Result<Option<ImportId>> {
        for record in self.store().imports()? {
            let begun = matches!(record.state, ImportState::Running | ImportState::Paused);
            if begun && !self.inner.imports.has(record.id) && Draft::of(&record)?.fingerprint == fingerprint {
                return Ok(Some(record.id));
            }
        }
        Ok(None)
    }
}

fn no_mapping() -> anyhow::Error {
    Problem::NotFound {
        what: "such mapping".to_owned(),
    }
    .into()
}

/// A mapping that says something. Wherever it comes from, it is checked as a document.
fn checked(document: &str) -> anyhow::Result<Mapping> {
    Mapping::from_json(document).map_err(|invalid| refused(invalid.reason))
}

/// A mapping from its document: one that was kept, or one alone, which says nothing of headers.
fn saved_mapping(document: &str) -> anyhow::Result<Saved> {
    let (signature, columns, mapping) = match serde_json::from_str::<Saved>(document) {
        Ok(saved) => (saved.signature, saved.columns, saved.mapping.to_json()),
        Err(_) => (String::new(), Vec::new(), document.to_owned()),
    };
    Ok(Saved {
        signature,
        columns,
        mapping: checked(&mapping)?,
    })
}

/// A file that its owner alone can read, to be written on.
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A name without folders, whatever system it comes from.
fn base_name(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if last.is_empty() { "file" } else { last }
}

fn sample(rows: impl Iterator<Item = anyhow::Result<Read>>) -> anyhow::Result<Vec<RawRow>> {
    let mut sample = Vec::with_capacity(SAMPLE);
    for row in rows {
        if let Read::Row(row) = row? {
            sample.push(row);
        }
        if sample.len() == SAMPLE {
            break;
        }
    }
    Ok(sample)
}

fn columns(headers: &[String], sample: &[RawRow], proposal: &Proposal, mapping: &Mapping) -> Vec<DraftColumn> {
    headers
        .iter()
        .enumerate()
        .map(|(index, header)| {
            let mut samples: Vec<String> = Vec::new();
            for row in sample {
                let cell = row.cells.get(index).map(str::trim).unwrap_or_default();
                let shown: String = cell.chars().take(CELL).collect();
                if !shown.is_empty() && !samples.contains(&shown) {
                    samples.push(shown);
                }
                if samples.len() == SAMPLES {
                    break;
                }
            }
            let proposed = proposal.columns.get(index);
            let name = proposed.map_or(header.as_str(), |column| column.name.as_str());
            let target = mapping.target_of(name);
            let was_proposed = proposed.and_then(|column| column.target);
            DraftColumn {
                index: u32::try_from(index).unwrap_or(u32::MAX),
                header: header.clone(),
                name: name.to_owned(),
                samples,
                target: target.map(|target| target.key().to_owned()),
                why: if target == was_proposed {
                    proposed.map_or(Recognised::None, |column| column.why)
                } else {
                    Recognised::Person
                },
            }
        })
        .collect()
}

fn preview(headers: &[String], sample: &[RawRow], mapping: &Mapping, context: &InputContext) -> Vec<PreviewRow> {
    let mut cleaner = Cleaner::new(mapping, headers, context);
    let shown = sample.iter().take(PREVIEW).map(|row| {
        let row = cleaner.clean(row.clone());
        let values = row.values.iter();
        PreviewRow {
            line: u32::try_from(row.line).unwrap_or(u32::MAX),
            values: values.map(|(field, clean)| (*field, clean.value.display())).collect(),
            problems: row.problems.iter().map(|issue| issue.reason.clone()).collect(),
            quality: row.quality.score,
        }
    });
    shown.collect()
}

fn targets() -> Vec<TargetOption> {
    Target::all()
        .filter(|target| {
            target
                .as_field()
                .is_none_or(|field| !field.field().read_only || is_part_of_name(field))
        })
        .map(|target| TargetOption {
            key: target.key().to_owned(),
            label: target.label().to_owned(),
            group: target.group().to_owned(),
        })
        .collect()
}

/// First and last name are derived in a ticket, and make the name in a file.
fn is_part_of_name(field: domain::FieldKey) -> bool {
    use domain::fields::keys;
    [keys::FIRST_NAME, keys::LAST_NAME].contains(&field)
}
