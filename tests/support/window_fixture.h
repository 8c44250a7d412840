#pragma once

#include "tests/support/sample_gateway.h"
#include "tests/support/scripted_prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_list.h"

#include <QTemporaryDir>

namespace freerelay::tests {

/// For whom the program was started.
enum class Audience { Users, Developers };

/// The main window over a sample gateway, in the smallest size it has to be usable in.
struct WindowFixture
{
    FakeGatewayControl gateway;
    ui::GatewayFeed feed;
    ui::MessageList messages;
    QTemporaryDir logs;
    ui::GatewayCommands commands{feed, messages, logs.path()};
    ScriptedPrompter prompter;
    ui::MainWindow window{feed, messages, commands, &prompter};

    static constexpr QSize smallest{1024, 600};

    explicit WindowFixture(Audience audience = Audience::Users)
        : feed(startedFor(audience, gateway))
    {
        fillSample(gateway);
        feed.refresh();
        window.resize(smallest);
        window.show();
    }

    static FakeGatewayControl &startedFor(Audience audience, FakeGatewayControl &gateway)
    {
        if (audience == Audience::Developers) {
            gateway.chaosNow = someChaos();
            gateway.now.chaos = {true, 23};
        }
        return gateway;
    }

    template <typename T> [[nodiscard]] T *find(const QString &name) const
    {
        return window.findChild<T *>(name);
    }
};

} // namespace freerelay::tests
