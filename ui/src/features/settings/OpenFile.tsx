/** A button by which a JSON file is chosen. What stands in it is handed over. */
import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef } from 'react';
import { toast } from '@/components/toast';

interface OpenFileProps {
  label: string;
  testid: string;
  onText: (text: string) => void;
}

export function OpenFile({ label, testid, onText }: OpenFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFileImport size={14} />}
        onClick={() => input.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={label}
        data-testid={testid}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file can be read again after it was corrected.
          event.currentTarget.value = '';
          if (file !== undefined) void file.text().then(onText, toast.failure);
        }}
      />
    </>
  );
}
