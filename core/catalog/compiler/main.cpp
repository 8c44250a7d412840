#include "core/catalog/compiler/shipped_sources.h"
#include "core/catalog/table.h"

#include <QFile>
#include <QSaveFile>
#include <QTextStream>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype bytesPerLine = 24;

/// The table as a C++ source that defines shippedTable().
QByteArray sourceOf(const QByteArray &table)
{
    QByteArray source
        = "// Written by freerelay_catalog_compiler from resources/catalog; not to be edited.\n"
          "#include \"core/catalog/table.h\"\n\n"
          "namespace freerelay::catalog {\n\nnamespace {\n\n"
          "constexpr unsigned char bytes[] = {";
    for (qsizetype i = 0; i < table.size(); ++i) {
        source += i % bytesPerLine == 0 ? "\n    " : "";
        source += QByteArray::number(static_cast<unsigned char>(table[i]));
        source += ',';
    }
    source += "\n};\n\n} // namespace\n\nQByteArrayView shippedTable()\n{\n"
              "    return {bytes, qsizetype {sizeof bytes}};\n}\n\n"
              "} // namespace freerelay::catalog\n";
    return source;
}

} // namespace

/// freerelay_catalog_compiler <folder of the YAML files> <C++ file to write>
int main(int argc, char *argv[])
{
    QTextStream errors(stderr);
    if (argc != 3) {
        errors << "usage: freerelay_catalog_compiler <folder> <output.cpp>\n";
        return 2;
    }
    const auto parts = freerelay::catalog::readShippedSources(QString::fromLocal8Bit(argv[1]));
    if (!parts) {
        errors << (parts.error().detail.isEmpty() ? parts.error().message : parts.error().detail)
               << '\n';
        return 1;
    }
    QSaveFile file(QString::fromLocal8Bit(argv[2]));
    const QByteArray source = sourceOf(freerelay::catalog::encodeTable(*parts));
    if (!file.open(QIODevice::WriteOnly) || file.write(source) != source.size() || !file.commit()) {
        errors << file.fileName() << ": " << file.errorString() << '\n';
        return 1;
    }
    return 0;
}
