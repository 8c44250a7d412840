#include "yaml_document.h"

#include <QHash>
#include <QSet>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>
#include <string>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

using NodePtr = std::shared_ptr<const YamlNode>;

/// Builds our tree from yaml-cpp's events. Reports a fault by throwing yaml-cpp's own exception,
/// which parseYaml() catches together with those of the parser.
class TreeBuilder final : public YAML::EventHandler
{
public:
    explicit TreeBuilder(const YamlLimits &limits)
        : m_limits(limits)
    { }

    [[nodiscard]] NodePtr root() const { return m_root; }

    void OnDocumentStart(const YAML::Mark & /*mark*/) override { }
    void OnDocumentEnd() override { }

    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        leaf(mark, anchor, YamlNode::Kind::Null, {});
    }

    void OnScalar(
        const YAML::Mark &mark,
        const std::string & /*tag*/,
        YAML::anchor_t anchor,
        const std::string &value) override
    {
        leaf(mark, anchor, YamlNode::Kind::Scalar, QByteArray::fromStdString(value));
    }

    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        const NodePtr target = m_anchors.value(anchor);
        if (m_limits.references == YamlReferences::Refuse || !target) {
            throw YAML::ParserException(mark, "aliases (*name) are not allowed here");
        }
        place(mark, target);
    }

    void OnSequenceStart(
        const YAML::Mark &mark,
        const std::string & /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override
    {
        open(mark, anchor, YamlNode::Kind::Sequence);
    }

    void OnMapStart(
        const YAML::Mark &mark,
        const std::string & /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override
    {
        open(mark, anchor, YamlNode::Kind::Map);
    }

    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    struct Frame
    {
        std::shared_ptr<YamlNode> node;
        YAML::anchor_t anchor = 0;
        NodePtr key;
        QSet<QByteArray> keys;
    };

    std::shared_ptr<YamlNode>
    make(const YAML::Mark &mark, YAML::anchor_t anchor, YamlNode::Kind kind)
    {
        if (++m_nodes > m_limits.nodes) {
            throw YAML::ParserException(mark, "the document has too many values");
        }
        if (anchor != 0 && m_limits.references == YamlReferences::Refuse) {
            throw YAML::ParserException(mark, "anchors (&name) are not allowed here");
        }
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->line = mark.line + 1;
        node->column = mark.column + 1;
        return node;
    }

    void leaf(const YAML::Mark &mark, YAML::anchor_t anchor, YamlNode::Kind kind, QByteArray text)
    {
        const std::shared_ptr<YamlNode> node = make(mark, anchor, kind);
        node->text = std::move(text);
        remember(anchor, node);
        place(mark, node);
    }

    void open(const YAML::Mark &mark, YAML::anchor_t anchor, YamlNode::Kind kind)
    {
        if (!m_open.empty() && isKeyExpected(m_open.back())) {
            throw YAML::ParserException(mark, "a key must be plain text");
        }
        m_open.push_back(Frame{make(mark, anchor, kind), anchor, nullptr, {}});
    }

    void close()
    {
        const Frame frame = std::move(m_open.back());
        m_open.pop_back();
        remember(frame.anchor, frame.node);
        place({}, frame.node);
    }

    /// Only complete nodes can be referred to, so no node contains itself.
    void remember(YAML::anchor_t anchor, const NodePtr &node)
    {
        if (anchor != 0) {
            m_anchors.insert(anchor, node);
        }
    }

    static bool isKeyExpected(const Frame &frame)
    {
        return frame.node->kind == YamlNode::Kind::Map && !frame.key;
    }

    void place(const YAML::Mark &mark, const NodePtr &node)
    {
        if (m_open.empty()) {
            m_root = node;
            return;
        }
        Frame &frame = m_open.back();
        if (frame.node->kind == YamlNode::Kind::Sequence) {
            frame.node->items.push_back(node);
        } else if (frame.key) {
            frame.node->entries.push_back(YamlEntry{std::exchange(frame.key, nullptr), node});
        } else {
            placeKey(mark, frame, node);
        }
    }

    static void placeKey(const YAML::Mark &mark, Frame &frame, const NodePtr &node)
    {
        if (node->kind != YamlNode::Kind::Scalar) {
            throw YAML::ParserException(mark, "a key must be plain text");
        }
        if (frame.keys.contains(node->text)) {
            throw YAML::ParserException(
                mark, "the key '" + node->text.toStdString() + "' is given twice");
        }
        frame.keys.insert(node->text);
        frame.key = node;
    }

    YamlLimits m_limits;
    int m_nodes = 0;
    NodePtr m_root;
    std::vector<Frame> m_open;
    QHash<YAML::anchor_t, NodePtr> m_anchors;
};

tl::unexpected<common::Error>
problem(const QString &fileName, const YAML::Mark &mark, const QString &text)
{
    const QString message = mark.is_null()
        ? u"%1: %2"_s.arg(fileName, text)
        : u"%1:%2:%3: %4"_s.arg(fileName).arg(mark.line + 1).arg(mark.column + 1).arg(text);
    return common::failure(common::ErrorKind::InvalidArgument, message);
}

} // namespace

const YamlNode *YamlNode::find(QByteArrayView key) const
{
    for (const YamlEntry &entry : entries) {
        if (entry.key->text == key) {
            return entry.value.get();
        }
    }
    return nullptr;
}

common::Result<std::shared_ptr<const YamlNode>>
parseYaml(QByteArrayView bytes, const QString &fileName, const YamlLimits &limits)
{
    if (bytes.size() > limits.bytes) {
        return common::failure(
            common::ErrorKind::TooLarge,
            u"%1 is larger than %2 bytes."_s.arg(fileName).arg(limits.bytes));
    }
    try {
        std::istringstream stream(
            std::string(bytes.data(), static_cast<std::size_t>(bytes.size())));
        YAML::Parser parser(stream);
        TreeBuilder builder(limits);
        if (!parser.HandleNextDocument(builder) || !builder.root()) {
            return std::make_shared<const YamlNode>();
        }
        NodePtr root = builder.root();
        TreeBuilder second(limits);
        if (parser.HandleNextDocument(second)) {
            return problem(
                fileName, YAML::Mark::null_mark(), u"only one YAML document is allowed"_s);
        }
        return root;
    } catch (const YAML::Exception &error) {
        return problem(fileName, error.mark, QString::fromStdString(error.msg));
    } catch (const std::exception &error) {
        return problem(fileName, YAML::Mark::null_mark(), QString::fromUtf8(error.what()));
    }
}

} // namespace freerelay::catalog
