<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>freerelay::ui::AppsPresenter</name>
    <message numerus="yes">
        <source>%n setting(s) were changed since and stay as they are.</source>
        <translation>
            <numerusform>%n setting was changed since and stays as it is.</numerusform>
            <numerusform>%n settings were changed since and stay as they are.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::Figures</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s)</source>
        <translation>
            <numerusform>%n hour</numerusform>
            <numerusform>%n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::OverviewPresenter</name>
    <message numerus="yes">
        <source>%n provider(s) ready to answer.</source>
        <translation>
            <numerusform>%n provider ready to answer.</numerusform>
            <numerusform>%n providers ready to answer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) since the start</source>
        <translation>
            <numerusform>%n request since the start</numerusform>
            <numerusform>%n requests since the start</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n under way</source>
        <translation>
            <numerusform>%n under way</numerusform>
            <numerusform>%n under way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Prompts and answers are kept for %n hour(s), for debugging.</source>
        <translation>
            <numerusform>Prompts and answers are kept for %n hour, for debugging.</numerusform>
            <numerusform>Prompts and answers are kept for %n hours, for debugging.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::ProviderPanel</name>
    <message numerus="yes">
        <source>%1 · %n model(s) known</source>
        <translation>
            <numerusform>%1 · %n model known</numerusform>
            <numerusform>%1 · %n models known</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::ProvidersPresenter</name>
    <message numerus="yes">
        <source>%n model(s), answered in %1 ms</source>
        <translation>
            <numerusform>%n model, answered in %1 ms</numerusform>
            <numerusform>%n models, answered in %1 ms</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::RequestInspector</name>
    <message numerus="yes">
        <source>%n from the provider&apos;s cache</source>
        <translation>
            <numerusform>%n from the provider&apos;s cache</numerusform>
            <numerusform>%n from the provider&apos;s cache</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for reasoning</source>
        <translation>
            <numerusform>%n for reasoning</numerusform>
            <numerusform>%n for reasoning</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::RequestsPresenter</name>
    <message numerus="yes">
        <source>%n request(s)</source>
        <translation>
            <numerusform>%n request</numerusform>
            <numerusform>%n requests</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>More than %n request(s)</source>
        <translation>
            <numerusform>More than %n request</numerusform>
            <numerusform>More than %n requests</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>freerelay::ui::TrayPresenter</name>
    <message numerus="yes">
        <source>%n provider(s) ready</source>
        <translation>
            <numerusform>%n provider ready</numerusform>
            <numerusform>%n providers ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n provider(s) are used up, the first (%1) until %2</source>
        <comment>provider, time</comment>
        <translation>
            <numerusform>%n provider is used up, the first (%1) until %2</numerusform>
            <numerusform>%n providers are used up, the first (%1) until %2</numerusform>
        </translation>
    </message>
</context>
</TS>
