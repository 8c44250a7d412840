#pragma once

#include "tests/support/sample_gateway.h"
#include "tests/support/scripted_prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_list.h"

namespace freerelay::tests {

/// The main window over a sample gateway, in the smallest size it has to be usable in.
struct WindowFixture
{
    FakeGatewayControl gateway;
    ui::GatewayFeed feed{gateway};
    ui::MessageList messages;
    ui::GatewayCommands commands{feed, messages};
    ScriptedPrompter prompter;
    ui::MainWindow window{feed, messages, commands, &prompter};

    static constexpr QSize smallest{1024, 600};

    WindowFixture()
    {
        fillSample(gateway);
        feed.refresh();
        window.resize(smallest);
        window.show();
    }

    template <typename T> [[nodiscard]] T *find(const QString &name) const
    {
        return window.findChild<T *>(name);
    }
};

} // namespace freerelay::tests
