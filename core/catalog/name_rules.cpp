#include "name_rules.h"

#include <QList>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr std::array<QByteArrayView, 7> endings = {
    "-free", "-latest", "-tee", "-it", "-instruct", "-versatile", "-instant"};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

QByteArrayView lastSegment(QByteArrayView name)
{
    const qsizetype slash = name.lastIndexOf('/');
    return slash < 0 ? name : name.sliced(slash + 1);
}

/// `shape` has 'd' for a digit; any other character stands for itself.
bool hasShape(QByteArrayView text, QByteArrayView shape)
{
    return text.size() == shape.size()
        && std::equal(text.begin(), text.end(), shape.begin(), [](char c, char s) {
               return s == 'd' ? isDigit(c) : c == s;
           });
}

/// Length of the ending that says nothing about which model it is; 0 when there is none.
qsizetype endingOf(QByteArrayView name)
{
    for (const QByteArrayView ending : endings) {
        if (name.endsWith(ending)) {
            return ending.size();
        }
    }
    for (const auto &[ending, whole] :
         {std::pair<QByteArrayView, QByteArrayView>{"-fast", "-fp8-fast"},
          {"-turbo", "-instruct-turbo"}}) {
        if (name.endsWith(whole)) {
            return ending.size();
        }
    }
    return name.endsWith(QByteArrayView("-fp8")) ? 4 : 0;
}

bool isBetweenDigits(const QByteArray &name, qsizetype i)
{
    return i > 0 && i + 1 < name.size() && isDigit(name[i - 1]) && isDigit(name[i + 1]);
}

void unifySigns(QByteArray &name)
{
    for (qsizetype i = 0; i < name.size(); ++i) {
        if (name[i] == ':') {
            name[i] = '-';
        } else if (name[i] == '_' || (name[i] == 'p' && isBetweenDigits(name, i))) {
            name[i] = '.';
        }
    }
}

} // namespace

bool matchesPattern(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype star = -1;
    qsizetype starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            starText = t;
        } else if (p < pattern.size() && lower(pattern[p]) == lower(text[t])) {
            ++p;
            ++t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

QByteArrayView withoutDate(QByteArrayView name)
{
    for (const QByteArrayView shape :
         {QByteArrayView("-20dddddd"), QByteArrayView("-20dd-dd-dd")}) {
        if (name.size() > shape.size() && hasShape(name.last(shape.size()), shape)) {
            return name.chopped(shape.size());
        }
    }
    return name;
}

QByteArray commonName(QByteArrayView modelName)
{
    QByteArray name = lastSegment(modelName).toByteArray().toLower();
    if (name.endsWith(":free")) {
        name.chop(5);
    }
    unifySigns(name);
    if (name.startsWith("meta-")) {
        name.remove(0, 5);
    }
    for (qsizetype before = -1; before != name.size();) {
        before = name.size();
        name.chop(endingOf(name));
        name.truncate(withoutDate(name).size());
    }
    const bool isTelling = std::any_of(
        name.begin(), name.end(), [](char c) { return isDigit(c) || c == '-'; });
    return isTelling ? name : QByteArray();
}

bool looksLikeChatModel(QByteArrayView modelName)
{
    static constexpr std::array<QByteArrayView, 21> otherUses = {
        "embed",     "whisper", "tts",   "dall-e",    "image",    "moderation", "rerank",
        "transcrib", "speech",  "audio", "voice",     "realtime", "veo-",       "imagen",
        "sora",      "bge-",    "ocr",   "diffusion", "flux",     "guard",      "minilm"};
    const QByteArray name = modelName.toByteArray().toLower();
    return std::none_of(otherUses.begin(), otherUses.end(), [&name](QByteArrayView word) {
        return name.contains(word);
    });
}

bool isOfFamily(QByteArrayView modelName, QByteArrayView family)
{
    const QByteArray segment = lastSegment(modelName).toByteArray().toLower();
    const QList<QByteArray> nameWords = segment.split('-');
    const QList<QByteArray> familyWords = family.toByteArray().toLower().split('-');
    auto word = familyWords.begin();
    for (const QByteArray &nameWord : nameWords) {
        if (word != familyWords.end() && nameWord == *word) {
            ++word;
        }
    }
    return !family.isEmpty() && word == familyWords.end();
}

} // namespace freerelay::catalog
