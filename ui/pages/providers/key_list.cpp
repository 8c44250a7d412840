#include "key_list.h"

#include "ui/theme/icons.h"
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
    auto *row = new QWidget(this);
    row->setObjectName(u"keyRow"_s);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *mask = new QLabel(key.masked, row);
    mask->setObjectName(u"keyMask"_s);
    mask->setTextFormat(Qt::PlainText);
    mask->setFont(fixedFont(this));
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(mask);
    auto *source = new QLabel(tr("from %1").arg(key.sourceName), row);
    makeSecondary(source);
    words->addWidget(source);
    layout->addLayout(words, 1);
    const QByteArray fingerprint = key.fingerprint;
    auto *test = new QPushButton(lineIcon(u"test"_s), tr("Test"), row);
    test->setObjectName(u"testKeyButton"_s);
    test->setAccessibleName(tr("Test key %1").arg(key.masked));
    connect(test, &QPushButton::clicked, this, [this, fingerprint] {
        Q_EMIT testRequested(fingerprint);
    });
    layout->addWidget(test);
    auto *remove = new QPushButton(lineIcon(u"remove"_s), tr("Remove"), row);
    remove->setObjectName(u"removeKeyButton"_s);
    remove->setAccessibleName(tr("Remove key %1").arg(key.masked));
    remove->setEnabled(obstacle.isEmpty());
    remove->setToolTip(obstacle);
    connect(remove, &QPushButton::clicked, this, [this, fingerprint] {
        Q_EMIT removeRequested(fingerprint);
    });
    layout->addWidget(remove);
    return row;
}

} // namespace freerelay::ui
