"use client";

import { type ReactNode, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";

interface AnswerTabsProps {
  tabs: { id: string; label: string; content: ReactNode }[];
  requestId?: string;
}

/** Body, headers, curl: arrows move between them; the choice stays from call to call. */
export function AnswerTabs({ tabs, requestId }: AnswerTabsProps) {
  const [current, setCurrent] = useState("body");
  return (
    <Tabs selectedKey={current} onSelectionChange={(key) => setCurrent(String(key))} className="flex flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-x-4 border-b border-line px-4">
        <TabList aria-label="Parts of the answer" className="flex gap-4">
          {tabs.map((tab) => (
            <Tab
              key={tab.id}
              id={tab.id}
              className="cursor-pointer border-b-2 border-transparent py-2 text-12 font-medium text-ink-2 -outline-offset-2 hover:text-ink data-selected:border-accent data-selected:font-semibold data-selected:text-ink pointer-coarse:py-3"
            >
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {requestId && (
          <span className="ms-auto min-w-0 truncate py-2 text-12 text-ink-3" title={requestId}>
            Request <code className="select-all">{requestId}</code>
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
