/** Where in the wizard we are. It shows the way; going back is a button of the step that allows it. */
import { IconCheck } from '@tabler/icons-react';
import { t } from '@/strings';
import classes from './Imports.module.css';
import { STEPS, type Step } from './steps';

export function StepBar({ step }: { step: Step }) {
  const at = STEPS.indexOf(step);
  return (
    <ol className={classes.steps} aria-label={t.imports.steps.label}>
      {STEPS.map((one, index) => (
        <li
          key={one}
          className={classes.step}
          data-past={index < at}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          <span className={classes.stepMark} aria-hidden="true">
            {index < at ? <IconCheck size={12} stroke={3} /> : index + 1}
          </span>
          {t.imports.steps[one]}
          {index < at && <span className="visually-hidden"> ({t.imports.steps.done})</span>}
        </li>
      ))}
    </ol>
  );
}
