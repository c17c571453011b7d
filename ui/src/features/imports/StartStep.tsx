/** Where an import begins: a file is dropped or chosen, or an earlier import is opened again. */
import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ImportSummary } from '@/api/bindings';
import { ErrorNotice } from '@/components/ErrorNotice';
import { useHandedFile } from '@/components/FileDrop';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { Earlier } from './Earlier';
import classes from './Imports.module.css';
import { byteText } from './upload';
import { useUpload } from './useUpload';

const texts = t.imports.file;

/** What the dialog offers first. The host looks into the file, whatever it is called. */
const ACCEPT = '.csv,.tsv,.txt,.xlsx,.xls,.xlsb,.ods,.json,.ndjson,.jsonl';

interface StartStepProps {
  imports: readonly ImportSummary[] | undefined;
  onImport: (id: number) => void;
}

export function StartStep({ imports, onImport }: StartStepProps) {
  const upload = useUpload(onImport);
  const input = useRef<HTMLInputElement>(null);
  const { file: handed, over, take } = useHandedFile();
  const start = useRef(upload.start);
  start.current = upload.start;
  useEffect(() => {
    if (handed === null) return;
    take();
    start.current(handed);
  }, [handed, take]);

  const { file, done } = upload;
  return (
    <>
      {file === null ? (
        <div className={classes.drop} data-over={over} data-testid="imports-drop">
          <IconFileImport size={30} stroke={1.5} aria-hidden="true" />
          <p className={classes.dropTitle}>{over ? texts.let : texts.drop}</p>
          <Button size="sm" onClick={() => input.current?.click()}>
            {texts.choose}
          </Button>
          <p className={classes.dim}>{texts.formats}</p>
          <input
            ref={input}
            type="file"
            accept={ACCEPT}
            hidden
            aria-label={texts.choose}
            data-testid="imports-file"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              // The same file can be chosen again after it was corrected.
              event.currentTarget.value = '';
              if (chosen !== undefined) upload.start(chosen);
            }}
          />
        </div>
      ) : (
        <section className={classes.section} aria-label={texts.reading(file.name)}>
          <div className={classes.running}>
            <p className={classes.strong}>{texts.reading(file.name)}</p>
            <Button size="xs" variant="default" onClick={upload.stop}>
              {texts.stop}
            </Button>
          </div>
          <div
            className={classes.bar}
            role="progressbar"
            aria-label={texts.reading(file.name)}
            aria-valuemin={0}
            aria-valuemax={file.size}
            aria-valuenow={done}
          >
            <span style={{ inlineSize: `${file.size === 0 ? 100 : (100 * done) / file.size}%` }} />
          </div>
          <p className={classes.dim}>
            {texts.read(byteText(done, formats.locale), byteText(file.size, formats.locale))}
          </p>
        </section>
      )}
      {upload.failure !== null && <ErrorNotice error={upload.failure} />}
      {imports !== undefined && file === null && <Earlier imports={imports} onOpen={onImport} />}
    </>
  );
}
