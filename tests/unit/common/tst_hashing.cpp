#include "core/common/hashing.h"
#include "core/common/signing.h"

#include <QCryptographicHash>
#include <QTest>

using namespace freerelay::common;
using namespace Qt::Literals::StringLiterals;

/// Against the vectors of the standards.
class TestHashing final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialiseCrypto()); }

    void sha256IsThatOfTheStandard()
    {
        QCOMPARE(
            Sha256::of("abc").toHex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"_ba);
        const QByteArray text(10'000, 'x');
        QCOMPARE(
            Sha256().add(text.first(77)).add(text.sliced(77)).finish(),
            QCryptographicHash::hash(text, QCryptographicHash::Sha256));
    }

    void aCopyGoesOnFromWhereTheOriginalStands()
    {
        Sha256 begun;
        begun.add("ab");
        QCOMPARE(Sha256(begun).add("c").finish(), Sha256::of("abc"));
        QCOMPARE(Sha256(begun).add("d").finish(), Sha256::of("abd"));
    }

    void theKeyedHashIsBlake2b()
    {
        // From Python: hashlib.blake2b(b"abc", digest_size=32, key=bytes(range(32))).hexdigest()
        QByteArray key;
        for (int i = 0; i < 32; ++i) {
            key += char(i);
        }
        QCOMPARE(
            KeyedHash(Secret(key)).add("a").add("bc").finish().toHex(),
            "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"_ba);
        QVERIFY(
            KeyedHash(Secret(QByteArray(32, 'x'))).add("abc").finish().toHex()
            != "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"_ba);
    }

    void signsAsRfc8032Says()
    {
        // RFC 8032, 7.1, test 2.
        const Secret seed(QByteArray::fromHex(
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        const QByteArray publicKey = signing::publicKeyOf(seed);
        QCOMPARE(
            publicKey.toHex(),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"_ba);
        const QByteArray signature = signing::sign(seed, "\x72");
        QCOMPARE(
            signature.toHex(),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"_ba);
        QVERIFY(signing::isSignedBy(publicKey, "\x72", signature));
        QVERIFY(!signing::isSignedBy(publicKey, "\x73", signature));
        QVERIFY(!signing::isSignedBy(publicKey.chopped(1), "\x72", signature));
        QVERIFY(!signing::isSignedBy(publicKey, "\x72", signature.chopped(1)));
    }
};

QTEST_GUILESS_MAIN(TestHashing)
#include "tst_hashing.moc"
