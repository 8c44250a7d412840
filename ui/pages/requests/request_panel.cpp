#include "request_panel.h"

#include "ui/pages/requests/request_inspector.h"
#include "ui/theme/icons.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/timeline_view.h"
#include "ui/widgets/typography.h"

#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyle>
#include <QTableWidget>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int panelChars = 34;
constexpr int candidateRows = 8; ///< to be seen without scrolling
constexpr int textLines = 12; ///< of a prompt or answer, without scrolling
enum CandidateColumn { Rank, Name, Verdict, ColumnCount };

} // namespace

RequestPanel::RequestPanel(RequestInspector &inspector, QWidget *parent)
    : QScrollArea(parent)
    , m_inspector(inspector)
{
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *pane = new QWidget(this);
    setWidget(pane);
    auto *column = new QVBoxLayout(pane);
    auto *title = new QLabel(tr("Details"), pane);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_error = new StateLabel(pane);
    m_error->setObjectName(u"requestError"_s);
    column->addWidget(m_error);
    m_fields = new QFormLayout;
    m_fields->setRowWrapPolicy(QFormLayout::WrapLongRows);
    column->addLayout(m_fields);
    column->addWidget(createButtons(pane));
    m_askAgain = new QPushButton(lineIcon(u"resume"_s), tr("A&sk again"), pane);
    m_askAgain->setObjectName(u"askAgainButton"_s);
    connect(m_askAgain, &QPushButton::clicked, &m_inspector, &RequestInspector::askAgain);
    column->addWidget(m_askAgain, 0, Qt::AlignLeft);
    m_save = new QPushButton(lineIcon(u"external"_s), tr("Save as &JSON…"), pane);
    m_save->setObjectName(u"saveRequestButton"_s);
    m_save->setToolTip(
        tr("Saves what is recorded of this request, without keys, prompt and answer"));
    connect(m_save, &QPushButton::clicked, this, &RequestPanel::askWhereToSave);
    column->addWidget(m_save, 0, Qt::AlignLeft);
    m_note = new StateLabel(pane);
    m_note->setObjectName(u"requestNote"_s);
    column->addWidget(m_note);
    m_attempts = createAttempts(pane);
    column->addWidget(m_attempts);
    m_decision = createDecision(pane);
    column->addWidget(m_decision);
    m_prompt = createText(pane, tr("Prompt"), u"promptText"_s);
    column->addWidget(m_prompt.part);
    m_answer = createText(pane, tr("Answer"), u"answerText"_s);
    column->addWidget(m_answer.part);
    column->addStretch(1);
    connect(&m_inspector, &RequestInspector::changed, this, &RequestPanel::update);
    update();
}

QSize RequestPanel::minimumSizeHint() const
{
    const int content = qMax(widget()->minimumSizeHint().width(), widthOfChars(this, panelChars));
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    return {content + bar + 2 * frameWidth(), QScrollArea::minimumSizeHint().height()};
}

QWidget *RequestPanel::createButtons(QWidget *pane)
{
    auto *buttons = new QWidget(pane);
    auto *row = new QHBoxLayout(buttons);
    row->setContentsMargins(0, 0, 0, 0);
    auto *copyRow = new QPushButton(lineIcon(u"copy"_s), tr("&Row"), buttons);
    copyRow->setObjectName(u"copyRowButton"_s);
    copyRow->setAccessibleName(tr("Copy the row"));
    copyRow->setToolTip(tr("Copies the row of the table"));
    connect(copyRow, &QPushButton::clicked, this, &RequestPanel::copyRowRequested);
    row->addWidget(copyRow);
    auto *copyId = new CopyButton([this] { return m_inspector.requestId(); }, buttons);
    copyId->setObjectName(u"copyIdButton"_s);
    copyId->setIdleText(tr("&ID"));
    copyId->setAccessibleName(tr("Copy the request's id"));
    copyId->setToolTip(tr("Copies the request's id, which the log and the answer's headers have"));
    row->addWidget(copyId);
    auto *copyCurl = new CopyButton([this] { return m_inspector.curlCommand(); }, buttons);
    copyCurl->setObjectName(u"copyCurlButton"_s);
    copyCurl->setIdleText(tr("c&URL"));
    copyCurl->setAccessibleName(tr("Copy as cURL"));
    copyCurl->setToolTip(
        tr("Copies a command that asks the same model, without a key and without your text"));
    row->addWidget(copyCurl);
    row->addStretch(1);
    return buttons;
}

QWidget *RequestPanel::createAttempts(QWidget *pane)
{
    auto *part = new QWidget(pane);
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    auto *title = new QLabel(tr("Attempts"), part);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_timeline = new TimelineView(part);
    m_timeline->setObjectName(u"attemptTimeline"_s);
    m_timeline->setAccessibleName(tr("Attempts over time"));
    column->addWidget(m_timeline);
    return part;
}

QWidget *RequestPanel::createDecision(QWidget *pane)
{
    auto *part = new QWidget(pane);
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    auto *title = new QLabel(tr("Why there"), part);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_decisionText = new QLabel(part);
    makeSecondary(m_decisionText);
    m_decisionText->setObjectName(u"decisionText"_s);
    column->addWidget(m_decisionText);
    m_candidates = new QTableWidget(0, ColumnCount, part);
    m_candidates->setObjectName(u"candidateTable"_s);
    m_candidates->setAccessibleName(tr("Candidates, best first, with the reason for each"));
    m_candidates->setHorizontalHeaderLabels(
        {tr("Rank"), tr("Candidate", "a provider's model"), tr("What became of it")});
    m_candidates->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_candidates->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_candidates->setSelectionMode(QAbstractItemView::SingleSelection);
    m_candidates->setTabKeyNavigation(false);
    m_candidates->setShowGrid(false);
    m_candidates->setWordWrap(false);
    m_candidates->verticalHeader()->hide();
    m_candidates->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_candidates->horizontalHeader()->setHighlightSections(false);
    m_candidates->horizontalHeader()->setSectionResizeMode(Rank, QHeaderView::ResizeToContents);
    m_candidates->horizontalHeader()->setSectionResizeMode(Name, QHeaderView::Stretch);
    m_candidates->horizontalHeader()->setSectionResizeMode(Verdict, QHeaderView::Stretch);
    column->addWidget(m_candidates);
    return part;
}

RequestPanel::TextPart
RequestPanel::createText(QWidget *pane, const QString &title, const QString &objectName)
{
    auto *part = new QWidget(pane);
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    auto *label = new QLabel(title, part);
    makeHeading(label, HeadingLevel::Section);
    column->addWidget(label);
    auto *view = new QPlainTextEdit(part);
    view->setObjectName(objectName);
    view->setAccessibleName(title);
    view->setReadOnly(true);
    view->setTabChangesFocus(true);
    view->setFixedHeight(textLines * view->fontMetrics().lineSpacing());
    label->setBuddy(view);
    column->addWidget(view);
    return {part, view};
}

void RequestPanel::setText(const TextPart &part, const QString &text)
{
    part.part->setVisible(!text.isEmpty());
    if (part.view->toPlainText() != text) {
        part.view->setPlainText(text); // else it would jump to its beginning
    }
}

void RequestPanel::askWhereToSave()
{
    auto *dialog = new QFileDialog(this, tr("Save the record of a request"));
    dialog->setObjectName(u"saveRequestDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"json"_s);
    dialog->selectFile(QString(m_inspector.requestId() % u".json"_s));
    connect(dialog, &QFileDialog::fileSelected, &m_inspector, &RequestInspector::saveTo);
    dialog->open();
}

void RequestPanel::update()
{
    const QString error = m_inspector.error();
    m_error->setVisible(!error.isEmpty());
    m_error->setState(u"state-warning"_s, Tone::Warning, error);
    const QString note = m_inspector.note();
    m_note->setVisible(!note.isEmpty());
    m_note->setState(u"state-info"_s, Tone::Info, note);
    m_askAgain->setEnabled(m_inspector.canAskAgain());
    m_askAgain->setToolTip(m_inspector.askAgainHint());
    m_save->setEnabled(m_inspector.hasDetails());
    updateFields();
    m_timeline->setTimeline(m_inspector.timeline());
    m_attempts->setVisible(!m_timeline->timeline().bars.empty());
    const QString decision = m_inspector.decisionText();
    m_decision->setVisible(!decision.isEmpty());
    m_decisionText->setText(decision);
    updateCandidates();
    setText(m_prompt, m_inspector.prompt());
    setText(m_answer, m_inspector.answer());
    updateGeometry();
}

void RequestPanel::updateFields()
{
    const auto fields = m_inspector.fields();
    const int wanted = static_cast<int>(fields.size());
    while (m_fields->rowCount() < wanted) {
        auto *value = new QLabel(widget());
        value->setWordWrap(true);
        value->setTextFormat(Qt::PlainText);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto *name = new QLabel(widget());
        makeSecondary(name);
        name->setWordWrap(false);
        m_fields->addRow(name, value);
    }
    while (m_fields->rowCount() > wanted) {
        m_fields->removeRow(m_fields->rowCount() - 1);
    }
    for (int i = 0; i < wanted; ++i) {
        const auto &[name, value] = fields.at(static_cast<std::size_t>(i));
        const auto set = [this, i](QFormLayout::ItemRole role, const QString &text) {
            qobject_cast<QLabel *>(m_fields->itemAt(i, role)->widget())->setText(text);
        };
        set(QFormLayout::LabelRole, name);
        set(QFormLayout::FieldRole, value);
    }
}

void RequestPanel::updateCandidates()
{
    const auto candidates = m_inspector.candidates();
    const int rows = static_cast<int>(candidates.size());
    m_candidates->setRowCount(rows);
    for (int row = 0; row < rows; ++row) {
        const RequestInspector::Candidate &candidate = candidates.at(static_cast<std::size_t>(row));
        const auto set = [this, row](int column, const QString &text) {
            auto *item = new QTableWidgetItem(text);
            item->setToolTip(text);
            m_candidates->setItem(row, column, item);
            return item;
        };
        set(Rank, candidate.rank);
        set(Name, candidate.name);
        QTableWidgetItem *verdict = set(Verdict, candidate.verdict);
        if (candidate.tone == Tone::Good) {
            verdict->setIcon(lineIcon(u"state-good"_s, Tone::Good));
        } else if (candidate.tone == Tone::Warning) {
            verdict->setIcon(lineIcon(u"state-warning"_s, Tone::Warning));
        }
    }
    const int line = m_candidates->verticalHeader()->defaultSectionSize();
    const int shown = qMin(qMax(rows, 1), candidateRows);
    m_candidates->setFixedHeight(
        m_candidates->horizontalHeader()->sizeHint().height() + shown * line
        + 2 * m_candidates->frameWidth());
}

} // namespace freerelay::ui
