#include "user_providers.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/quota_rules_reader.h"
#include "core/catalog/rules_reader.h"
#include "core/catalog/schema_reader.h"
#include "core/catalog/user_model_reader.h"
#include "core/common/private_file.h"

#include <QSet>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr std::size_t mostProviders = 200;
constexpr std::size_t mostModels = 2'000;
constexpr qsizetype longestId = 63;
constexpr std::int64_t mostTokens = 100'000'000;

/// Ids that would clash with model names of ours ("freerelay-free") or with the demo.
constexpr std::array<QByteArrayView, 5> reservedIds = {"auto", "free", "paid", "freerelay", "demo"};
/// Headers that belong to the transport or to the key.
constexpr std::array<QByteArrayView, 7> ownHeaders = {
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "accept-encoding",
    "expect"};

/// Reads one file into `result`.
class FileReader
{
public:
    FileReader(const QString &fileName, const Catalog &base)
        : m_base(base)
        , m_problems(fileName)
        , m_models(m_problems, base)
    { }

    common::Result<UserProviders> read(const YamlNode &root)
    {
        if (root.kind == YamlNode::Kind::Null) {
            return m_result;
        }
        MapReader file(m_problems, root, u"the file"_s);
        std::int64_t version = 1;
        file.readInteger("schema_version", version, 1, 1);
        readProviders(file.require("providers"));
        file.finish();
        if (!m_problems.isEmpty()) {
            return common::failure(m_problems.toError());
        }
        return std::move(m_result);
    }

private:
    void readProviders(const YamlNode *list)
    {
        if (list == nullptr) {
            return;
        }
        if (list->kind != YamlNode::Kind::Sequence || list->items.size() > mostProviders) {
            m_problems.add(*list, u"'providers' must be a list of at most %1"_s.arg(mostProviders));
            return;
        }
        for (const std::shared_ptr<const YamlNode> &item : list->items) {
            readProvider(*item);
        }
    }

    void readProvider(const YamlNode &node)
    {
        MapReader map(m_problems, node, u"a provider"_s);
        const YamlNode *idNode = map.require("id");
        const QByteArray id = idNode == nullptr ? QByteArray() : checkedId(*idNode);
        Provider provider = startFrom(id);
        map.readText("name", provider.name);
        map.readEnum("tier", provider.tier, tierNames());
        if (m_base.provider(id) == nullptr) {
            // Whoever adds a provider knows what it costs, whatever models it lists.
            provider.discoveredTier = provider.tier;
        }
        map.readEnum("wire", provider.wire, wireNames());
        readAddress(map, provider);
        readPaths(map, provider);
        readKeyDetails(map, provider);
        readHeaders(map, provider);
        if (const YamlNode *rules = map.take("rules")) {
            readWireRules(m_problems, *rules, provider.rules);
        }
        if (const YamlNode *errors = map.take("errors")) {
            readErrorRules(m_problems, *errors, provider.errors);
        }
        if (const YamlNode *quota = map.take("quota")) {
            readQuotaRules(m_problems, *quota, provider.quota);
        }
        map.readCount("context_limit", provider.contextLimit, mostTokens);
        readModels(map.take("models"), provider);
        map.finish();
        m_result.providers.push_back(std::move(provider));
    }

    QByteArray checkedId(const YamlNode &node)
    {
        const QByteArray id = node.text;
        const bool isPlain = std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
        if (id.isEmpty() || !isPlain || id.startsWith('-') || id.size() > longestId) {
            m_problems.add(node, u"an id is 1 to %1 of a-z, 0-9 and '-'"_s.arg(longestId));
            return {};
        }
        if (std::find(reservedIds.begin(), reservedIds.end(), id) != reservedIds.end()) {
            m_problems.add(node, u"the id '%1' is reserved"_s.arg(QString::fromUtf8(id)));
        }
        if (m_ids.contains(id)) {
            m_problems.add(node, u"the provider '%1' is given twice"_s.arg(QString::fromUtf8(id)));
        }
        m_ids.insert(id);
        return id;
    }

    [[nodiscard]] Provider startFrom(const QByteArray &id) const
    {
        if (const Provider *known = m_base.provider(id)) {
            Provider provider = *known;
            provider.userDefined = true;
            return provider;
        }
        Provider provider;
        provider.id = id;
        provider.name = id;
        provider.tier = Tier::Paid;
        provider.chatPath = "/chat/completions";
        provider.messagesPath = "/v1/messages";
        provider.generatePath = "/models/{model}:generateContent";
        provider.streamPath = "/models/{model}:streamGenerateContent?alt=sse";
        provider.modelsPath = "/models";
        provider.authHeader = "Authorization";
        provider.authScheme = "Bearer";
        provider.addressVariable = id.toUpper().replace('-', '_') + "_BASE_URL";
        provider.userDefined = true;
        return provider;
    }

    void readAddress(MapReader &map, Provider &provider)
    {
        const YamlNode *node = provider.baseUrl.isEmpty() ? map.require("base_url")
                                                          : map.take("base_url");
        if (node == nullptr) {
            return;
        }
        const common::Result<QByteArray> address = normaliseAddress(node->text);
        if (!node->text.contains("://")) {
            m_problems.add(*node, u"base_url must begin with http:// or https://"_s);
        } else if (!address) {
            m_problems.add(*node, address.error().message);
        } else {
            provider.baseUrl = *address;
        }
    }

    void readPaths(MapReader &map, Provider &provider)
    {
        readPath(map, "chat_path", provider.chatPath);
        readPath(map, "messages_path", provider.messagesPath);
        readPath(map, "generate_path", provider.generatePath);
        readPath(map, "stream_path", provider.streamPath);
        if (const YamlNode *node = map.take("models_path")) {
            if (node->text == "none") {
                provider.modelsPath.clear();
            } else {
                readPath(map, "models_path", provider.modelsPath);
            }
        }
    }

    void readPath(MapReader &map, QByteArrayView key, QByteArray &path)
    {
        const YamlNode *node = map.take(key);
        map.readText(key, path);
        const bool isBad = node != nullptr
            && (!path.startsWith('/') || path.contains(' ') || path.contains('#'));
        if (isBad) {
            m_problems.add(*node, u"a path begins with '/' and has no blanks"_s);
        }
    }

    void readKeyDetails(MapReader &map, Provider &provider)
    {
        if (const YamlNode *auth = map.take("auth")) {
            readAuth(*auth, provider);
        }
        map.readTexts("env", provider.keyVariables);
        map.readText("key_url", provider.keyUrl);
        map.readTexts("key_prefix", provider.keyPrefixes);
        map.readTexts("key_steps", provider.keySteps);
        map.readText("terms", provider.terms);
        map.readText("training_use", provider.trainingUse);
        if (const YamlNode *keyless = map.take("keyless")) {
            map.readFlag("keyless", provider.keyless);
            provider.consentRequired = keyless->text == "true";
        }
    }

    void readAuth(const YamlNode &node, Provider &provider)
    {
        if (node.kind == YamlNode::Kind::Scalar && node.text == "none") {
            provider.authHeader.clear();
            provider.authScheme.clear();
            return;
        }
        MapReader map(m_problems, node, u"auth (a map, or the word none)"_s);
        map.readText("header", provider.authHeader);
        map.readText("scheme", provider.authScheme);
        if (provider.authScheme == "raw") {
            provider.authScheme.clear();
        }
        if (const YamlNode *header = map.take("header");
            header != nullptr && !isHeaderName(header->text)) {
            m_problems.add(
                *header, u"'%1' is no header name"_s.arg(QString::fromUtf8(header->text.left(60))));
        }
        map.finish();
    }

    static bool isHeaderName(const QByteArray &name)
    {
        // RFC 9110, section 5.6.2: token
        return !name.isEmpty() && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
        });
    }

    void readHeaders(MapReader &map, Provider &provider)
    {
        const YamlNode *node = map.take("headers");
        map.readTextPairs("headers", provider.headers);
        if (node == nullptr) {
            return;
        }
        for (const YamlEntry &entry : node->entries) {
            const QByteArray lower = entry.key->text.toLower();
            const bool isOwn = std::find(ownHeaders.begin(), ownHeaders.end(), lower)
                != ownHeaders.end();
            if (!isHeaderName(entry.key->text)) {
                m_problems.add(*entry.key, u"this is no header name"_s);
            } else if (isOwn || lower == provider.authHeader.toLower()) {
                m_problems.add(*entry.key, u"this header is set by FreeRelay"_s);
            }
        }
    }

    void readModels(const YamlNode *list, Provider &provider)
    {
        if (list == nullptr) {
            provider.dynamicModels = provider.dynamicModels
                || m_base.provider(provider.id) == nullptr;
            return;
        }
        if (list->kind != YamlNode::Kind::Sequence || list->items.size() > mostModels) {
            m_problems.add(*list, u"'models' must be a list of at most %1"_s.arg(mostModels));
            return;
        }
        for (const std::shared_ptr<const YamlNode> &item : list->items) {
            m_result.models.push_back(m_models.read(*item, provider));
        }
    }

    const Catalog &m_base;
    SchemaProblems m_problems;
    UserModelReader m_models;
    QSet<QByteArray> m_ids;
    UserProviders m_result;
};

} // namespace

common::Result<UserProviders>
parseUserProviders(QByteArrayView bytes, const QString &fileName, const Catalog &base)
{
    const common::Result<std::shared_ptr<const YamlNode>> root = parseYaml(bytes, fileName);
    if (!root) {
        return common::failure(root.error());
    }
    return FileReader(fileName, base).read(**root);
}

common::Result<UserProviders> loadUserProviders(const QString &path, const Catalog &base)
{
    const common::Result<QByteArray> bytes = common::readTrustedFile(
        path, YamlLimits{}.bytes, common::FileTrust::Settings);
    if (!bytes) {
        return common::failure(bytes.error());
    }
    return parseUserProviders(*bytes, path, base);
}

} // namespace freerelay::catalog
