"use client";

import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { CopyButton } from "#components/ui/copy-button.tsx";

interface AnswerTabsProps {
  current: string;
  onChange: (id: string) => void;
  tabs: { id: string; label: string; content: ReactNode }[];
  requestId?: string;
}

/** Body, headers, curl: arrows move between them. */
export function AnswerTabs({ current, onChange, tabs, requestId }: AnswerTabsProps) {
  return (
    <Tabs selectedKey={current} onSelectionChange={(key) => onChange(String(key))} className="flex flex-1 flex-col">
      <div className="flex items-center gap-x-4 border-b border-line ps-4 pe-2">
        <TabList aria-label="Parts of the answer" className="flex shrink-0 gap-4">
          {tabs.map((tab) => (
            <Tab
              key={tab.id}
              id={tab.id}
              className="cursor-pointer border-b-2 border-transparent py-2 text-12 font-medium whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink data-selected:border-accent data-selected:font-semibold data-selected:text-ink pointer-coarse:py-3"
            >
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {requestId && (
          <span className="ms-auto flex min-w-0 items-center gap-1 text-12 text-ink-3">
            <span className="min-w-0 truncate" title={requestId}>
              Request <code>{requestId}</code>
            </span>
            <CopyButton value={requestId} label="request ID" />
          </span>
        )}
      </div>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="flex-1 -outline-offset-2">
          {tab.content}
        </TabPanel>
      ))}
    </Tabs>
  );
}
