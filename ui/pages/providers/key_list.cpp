#include "key_list.h"

#include "ui/theme/icons.h"
#include "ui/widgets/adaptive_row.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::KeyRow;

namespace {

constexpr int gap = 6;

} // namespace

KeyList::KeyList(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
}

void KeyList::setKeys(
    const std::vector<KeyRow> &keys, const std::function<QString(const KeyRow &)> &obstacle)
{
    const bool same = std::equal(
        keys.begin(), keys.end(), m_shown.begin(), m_shown.end(), [](const auto &a, const auto &b) {
            return a.fingerprint == b.fingerprint && a.sourceName == b.sourceName;
        });
    if (same) {
        return;
    }
    m_shown = keys;
    while (const QLayoutItem *item = m_layout->itemAt(0)) {
        QWidget *row = item->widget();
        m_layout->removeWidget(row);
        // Its remove button may be the one that is being clicked right now.
        row->hide();
        row->setParent(nullptr);
        row->deleteLater();
    }
    for (const KeyRow &key : keys) {
        m_layout->addWidget(createRow(key, obstacle(key)));
    }
    placeInTabOrder(this);
}

QWidget *KeyList::createRow(const KeyRow &key, const QString &obstacle)
{
    auto *row = new AdaptiveRow(/*chars=*/0, gap, this);
    row->setObjectName(u"keyRow"_s);
    row->add(createWords(key, row));
    row->add(createButtons(key, obstacle, row), 0);
    return row;
}

QWidget *KeyList::createWords(const KeyRow &key, QWidget *row)
{
    auto *words = new QWidget(row);
    auto *column = new QVBoxLayout(words);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *mask = new QLabel(key.masked, words);
    mask->setObjectName(u"keyMask"_s);
    mask->setTextFormat(Qt::PlainText);
    mask->setFont(fixedFont(this));
    column->addWidget(mask);
    auto *source = new QLabel(tr("from %1").arg(key.sourceName), words);
    makeSecondary(source);
    column->addWidget(source);
    return words;
}

QWidget *KeyList::createButtons(const KeyRow &key, const QString &obstacle, QWidget *row)
{
    auto *buttons = new QWidget(row);
    auto *layout = new QHBoxLayout(buttons);
    layout->setContentsMargins(0, 0, 0, 0);
    const QByteArray fingerprint = key.fingerprint;
    auto *test = new QPushButton(lineIcon(u"test"_s), tr("Test"), buttons);
    test->setObjectName(u"testKeyButton"_s);
    test->setAccessibleName(tr("Test key %1").arg(key.masked));
    connect(test, &QPushButton::clicked, this, [this, fingerprint] {
        Q_EMIT testRequested(fingerprint);
    });
    layout->addWidget(test);
    auto *remove = new QPushButton(lineIcon(u"remove"_s), tr("Remove"), buttons);
    remove->setObjectName(u"removeKeyButton"_s);
    remove->setAccessibleName(tr("Remove key %1").arg(key.masked));
    remove->setEnabled(obstacle.isEmpty());
    remove->setToolTip(obstacle);
    connect(remove, &QPushButton::clicked, this, [this, fingerprint] {
        Q_EMIT removeRequested(fingerprint);
    });
    layout->addWidget(remove);
    layout->addStretch(1);
    return buttons;
}

} // namespace freerelay::ui
