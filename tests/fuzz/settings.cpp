#include "checks.h"
#include "targets.h"

#include "core/connect/settings_text.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::fuzz {

namespace {

using namespace connect;

/// A setting as a connector writes it.
struct Setting
{
    Syntax syntax;
    SettingPath path;
    QByteArray value;
};

const std::vector<Setting> &settings()
{
    static const std::vector<Setting> all{
        {Syntax::Json, {u"a"_s}, "{\n  \"b\": 1\n}"},
        {Syntax::Json, {u"a"_s, u"b"_s, u"c"_s}, "\"x\""},
        {Syntax::Json, {u"a"_s, u"[id=x]"_s}, "{\n  \"id\": \"x\"\n}"},
        {Syntax::Yaml, {u"a"_s}, "x"},
        {Syntax::Yaml, {u"a"_s, u"b"_s}, "\"x\""},
        {Syntax::Yaml, {u"a"_s, u"[name=x]"_s}, "name: x\nb: 1\n"},
        {Syntax::Toml, {u"a"_s}, "\"x\""},
        {Syntax::Toml, {u"a"_s, u"b"_s}, "c = 1\nd = \"x\"\n"},
        {Syntax::Variables, {u"A"_s}, "x"},
    };
    return all;
}

void requireSet(const Setting &setting, const QByteArray &document)
{
    const auto there = readSetting(setting.syntax, document, setting.path);
    require(there && there->has_value(), "a setting that was written is there");
    require(isSameSetting(setting.syntax, **there, setting.value), "it says what was written");
    const auto again = writeSetting(setting.syntax, document, setting.path, setting.value);
    require(again.has_value(), "it can be written again");
    const auto still = readSetting(setting.syntax, *again, setting.path);
    require(
        still && still->has_value() && isSameSetting(setting.syntax, **still, setting.value),
        "and says the same then");
}

void requireGone(const Setting &setting, const QByteArray &document)
{
    const auto removed = removeSetting(setting.syntax, document, setting.path);
    if (!removed) {
        return;
    }
    const auto there = readSetting(setting.syntax, *removed, setting.path);
    require(there.has_value(), "what is left can be read");
    // Of variables an earlier line of the same name counts then.
    const bool earlier = setting.syntax == Syntax::Variables && removed->size() < document.size();
    require(!there->has_value() || earlier, "a setting that was taken out is gone");
}

} // namespace

void editSettings(QByteArrayView input)
{
    Choices choices(input);
    const Setting &setting = settings().at(choices.below(unsigned(settings().size())));
    const QByteArray document = choices.rest().toByteArray();
    const auto before = readSetting(setting.syntax, document, setting.path);
    const auto written = writeSetting(setting.syntax, document, setting.path, setting.value);
    if (written) {
        require(before.has_value(), "what is written to could be read");
        requireSet(setting, *written);
        requireGone(setting, *written);
    }
    requireGone(setting, document);
}

} // namespace freerelay::fuzz
