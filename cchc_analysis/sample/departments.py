"""The procedures of the departments of the synthetic city, with their weights within each department."""

from cchc_analysis.sample.catalogue import COPY, EXTRACT, SIGNATURE, Procedure, same_day

_BUSINESS = "Thành lập và hoạt động của hộ kinh doanh"
FINANCE_MIX = (
    (Procedure("1.001612", "Đăng ký thành lập hộ kinh doanh", _BUSINESS, 3, 2, level="full", fee=100000), 520),
    (
        Procedure(
            "2.000720", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh", _BUSINESS, 3, 2, level="full", fee=50000
        ),
        170,
    ),
    (Procedure("1.001266", "Chấm dứt hoạt động hộ kinh doanh", _BUSINESS, 3, 2, level="full"), 160),
    (Procedure("1.001570", "Tạm ngừng kinh doanh hộ kinh doanh", _BUSINESS, 3, 3, level="full"), 90),
    (
        Procedure(
            "2.000575", "Cấp lại Giấy chứng nhận đăng ký hộ kinh doanh", _BUSINESS, 3, 1, level="full", fee=50000
        ),
        60,
    ),
)


def _land(code: str, name: str, statutory: int, committed: int, fee: int, late: int = 35) -> Procedure:
    # 5 : 3 gives a mean of 5/8 of the term, so that 4 : 4 later is exactly one fifth less.
    return Procedure(
        code, name, "Đất đai", statutory, committed, fee=fee, online_percent=70, early=5, slow=3, late_per_mille=late
    )


LAND_TRANSFER = _land(
    "2.000889",
    "Đăng ký biến động quyền sử dụng đất do chuyển nhượng, thừa kế, tặng cho",
    10,
    8,
    60000,
)
LAND_MIX = (
    (LAND_TRANSFER, 520),
    (_land("1.003003", "Đăng ký và cấp Giấy chứng nhận quyền sử dụng đất lần đầu", 30, 24, 100000, 50), 90),
    (_land("1.000798", "Chuyển mục đích sử dụng đất phải được phép của cơ quan nhà nước", 15, 12, 60000), 90),
    (_land("1.004199", "Tách thửa, hợp thửa đất", 15, 12, 60000), 130),
    (_land("1.004206", "Cấp đổi Giấy chứng nhận quyền sử dụng đất", 10, 8, 30000), 110),
    (_land("2.000880", "Đính chính Giấy chứng nhận đã cấp", 10, 8, 0), 60),
)

_BUILDING = "Hoạt động xây dựng"
BUILDING_MIX = (
    (
        Procedure(
            "1.009994",
            "Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ",
            _BUILDING,
            20,
            15,
            day_kind="calendar",
            fee=75000,
            online_percent=150,
            early=2,
        ),
        520,
    ),
    (
        Procedure(
            "1.009995",
            "Cấp giấy phép xây dựng sửa chữa, cải tạo đối với nhà ở riêng lẻ",
            _BUILDING,
            20,
            15,
            day_kind="calendar",
            fee=75000,
            early=2,
        ),
        140,
    ),
    (
        Procedure(
            "1.009998", "Gia hạn giấy phép xây dựng", _BUILDING, 5, 4, level="full", fee=15000, online_percent=150
        ),
        90,
    ),
    (
        Procedure(
            "1.008455", "Cung cấp thông tin về quy hoạch xây dựng", "Quy hoạch xây dựng", 15, 10, online_percent=120
        ),
        250,
    ),
)

SLOW_PROCEDURE = Procedure(
    "1.001776",
    "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng",
    "Bảo trợ xã hội",
    22,
    15,
    level="full",
)
"""The first planted truth: its working days follow their own law, far above its term."""

SOCIAL_MIX = (
    (SLOW_PROCEDURE, 420),
    (Procedure("1.010832", "Thăm viếng mộ liệt sĩ", "Người có công", 3, 2, level="full"), 180),
    (Procedure("1.010803", "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ", "Người có công", 20, 15), 220),
    (Procedure("1.010812", "Tiếp nhận người có công vào cơ sở nuôi dưỡng, điều dưỡng", "Người có công", 12, 9), 180),
)
JUSTICE_MIX = (
    (COPY, 420),
    (SIGNATURE, 180),
    (same_day("2.000528", "Đăng ký khai sinh có yếu tố nước ngoài", "Hộ tịch", fee=75000), 60),
    (EXTRACT, 120),
    (
        Procedure(
            "2.000806", "Đăng ký kết hôn có yếu tố nước ngoài", "Hộ tịch", 15, 12, fee=1500000, online_percent=60
        ),
        110,
    ),
    (Procedure("2.000748", "Cải chính hộ tịch cho người từ đủ 14 tuổi trở lên", "Hộ tịch", 3, 2, fee=28000), 110),
)
ECONOMY_MIX = (
    (Procedure("2.000620", "Cấp Giấy phép bán lẻ rượu", "Lưu thông hàng hóa", 10, 7, level="full", fee=1200000), 600),
    (
        Procedure(
            "2.000181",
            "Cấp Giấy phép bán lẻ sản phẩm thuốc lá",
            "Lưu thông hàng hóa",
            15,
            10,
            level="full",
            fee=1200000,
        ),
        400,
    ),
)
CULTURE_MIX = (
    (Procedure("1.000903", "Cấp Giấy phép đủ điều kiện kinh doanh dịch vụ karaoke", "Văn hóa", 7, 5, fee=2000000), 350),
    (
        Procedure(
            "2.001885",
            "Cấp Giấy chứng nhận đủ điều kiện hoạt động điểm cung cấp dịch vụ trò chơi điện tử công cộng",
            "Thông tin và Truyền thông",
            10,
            7,
            level="full",
        ),
        650,
    ),
)
EDUCATION_MIX = (
    (
        Procedure(
            "2.002481", "Chuyển trường đối với học sinh trung học cơ sở", "Giáo dục trung học", 3, 1, level="full"
        ),
        550,
    ),
    (
        same_day("1.005092", "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc", "Văn bằng, chứng chỉ", online_percent=150),
        450,
    ),
)
HEALTH_MIX = (
    (
        Procedure(
            "1.002425",
            "Cấp Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm dịch vụ ăn uống",
            "An toàn thực phẩm",
            15,
            12,
            level="full",
            fee=700000,
        ),
        1,
    ),
)
HOME_AFFAIRS_MIX = (
    (
        Procedure("2.000414", "Tặng Giấy khen của Chủ tịch Ủy ban nhân dân cấp huyện", "Thi đua, khen thưởng", 20, 15),
        700,
    ),
    (
        Procedure(
            "1.003841", "Công nhận ban vận động thành lập hội", "Tổ chức phi chính phủ", 30, 20, day_kind="calendar"
        ),
        300,
    ),
)
