/** A card's menu: where it may go, and what else can be done with it. Everything a drag can do, with single clicks. */
import { Menu } from '@mantine/core';
import {
  IconArrowRight,
  IconCheckbox,
  IconExternalLink,
  IconLayoutSidebarRightExpand,
  IconPhone,
  IconPhoneOff,
  IconUser,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { actionOf } from '@/actions/catalogue';
import type { Card } from '@/api/bindings';
import { targetsQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { OPT_OUT, useDnc } from '@/components/dnc/Dnc';
import { Keys } from '@/components/Keys';
import { useMoving } from '@/components/moving/Moving';
import { operations } from '@/components/operations';
import { StageDot } from '@/components/StageDot';
import { t } from '@/strings';
import { cardName } from './cardText';

const hint = (id: Parameters<typeof actionOf>[0]) => {
  const [first] = actionOf(id).keys;
  return first === undefined ? null : <Keys keys={first} />;
};

interface CardMenuProps {
  card: Card;
  /** Where it opens. */
  at: DOMRect;
  onOpen: (card: Card) => void;
  /** Selects it, or no longer. */
  onToggle: (card: Card) => void;
  onClose: () => void;
}

export default function CardMenu({ card, at, onOpen, onToggle, onClose }: CardMenuProps) {
  const lookup = useLookup();
  const moving = useMoving();
  const dnc = useDnc();
  const ids = useMemo(() => [card.id], [card.id]);
  const { data: verdicts } = useQuery(targetsQuery(ids));
  const targets =
    verdicts?.filter((verdict) => verdict.allowed > 0 && verdict.stage !== card.stage && verdict.stage !== OPT_OUT) ??
    [];
  return (
    <Menu opened onClose={onClose} position="bottom-start" withinPortal width={268} returnFocus trapFocus>
      <Menu.Target>
        <span
          aria-hidden="true"
          style={{
            position: 'fixed',
            left: at.left,
            top: at.top,
            width: at.width,
            height: at.height,
            pointerEvents: 'none',
          }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={t.board.card.menu(cardName(card))} data-testid="card-menu">
        <Menu.Label>{t.board.menu.moveTo}</Menu.Label>
        {targets.map((verdict) => {
          const stage = lookup.stage(verdict.stage);
          return (
            stage && (
              <Menu.Item
                key={verdict.stage}
                leftSection={<StageDot lifecycle={stage.lifecycle} exit={stage.exit} />}
                rightSection={
                  verdict.label === null || verdict.label === stage.label ? null : (
                    <span style={{ color: 'var(--dim)', fontSize: '0.75rem' }}>{verdict.label}</span>
                  )
                }
                onClick={() => void moving.move([card], verdict.stage)}
              >
                {stage.label}
              </Menu.Item>
            )
          );
        })}
        <Menu.Item
          leftSection={<IconArrowRight size={14} />}
          rightSection={hint('card.move')}
          onClick={() => moving.pickStage([card])}
        >
          {t.board.menu.all}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLayoutSidebarRightExpand size={14} />}
          rightSection={hint('card.open')}
          onClick={() => onOpen(card)}
        >
          {t.actions.open}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUser size={14} />}
          rightSection={hint('card.assign')}
          onClick={() => moving.pickOwner([card])}
        >
          {t.actions.assign}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCheckbox size={14} />}
          rightSection={hint('select.toggle')}
          onClick={() => onToggle(card)}
        >
          {t.actions.select}
        </Menu.Item>
        {card.do_not_contact ? (
          <Menu.Item
            leftSection={<IconPhone size={14} />}
            disabled={!dnc.mayLift}
            title={dnc.mayLift ? undefined : t.dnc.onlyManager}
            onClick={() => dnc.lift([card])}
          >
            {t.dnc.liftMenu}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPhoneOff size={14} />} onClick={() => void moving.move([card], OPT_OUT)}>
            {t.dnc.optOut}
          </Menu.Item>
        )}
        {card.halo_id !== null && (
          <Menu.Item
            leftSection={<IconExternalLink size={14} />}
            rightSection={hint('card.halo')}
            onClick={() => void operations.openInHalo(card.id)}
          >
            {t.actions.halo}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
